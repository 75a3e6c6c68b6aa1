#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/file_mapping.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

class file_mapping_of_some_pages : public testing::Test {
 protected:
  static constexpr std::size_t bytes = 50'000;

  file_mapping_of_some_pages() {
    for (std::size_t i = 0; i < bytes; ++i) content_ += static_cast<char>(i * i % 251);
    std::ofstream(file_, std::ios::binary) << content_;
    opened_ = open_for_reading(file_);
  }

  std::optional<file_mapping> map(std::size_t offset, std::size_t size) const {
    return file_mapping::of(opened_, offset, size);
  }

  test::temporary_folder folder_;
  std::filesystem::path file_ = folder_ / "pages";
  std::string content_;
  file_descriptor opened_;
};

TEST_F(file_mapping_of_some_pages, holds_the_bytes_from_any_offset) {
  for (const std::size_t offset : {0u, 2u, 4096u, 12'345u}) {
    const std::optional<file_mapping> mapped = map(offset, bytes - offset);
    if (!mapped) GTEST_SKIP() << "this system does not map with reading";
    for (const std::size_t first : {0u, 1u, 5000u, 20'000u}) {
      const std::byte* const found = mapped->read(first, 10'000);
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(std::memcmp(found, content_.data() + offset + first, 10'000), 0)
          << offset << " " << first;
    }
  }
}

TEST_F(file_mapping_of_some_pages, says_that_pages_cannot_be_read_instead_of_ending_the_process) {
  const std::optional<file_mapping> mapped = map(0, bytes);
  if (!mapped) GTEST_SKIP() << "this system does not map with reading";
  std::filesystem::resize_file(file_, 10'000);
  EXPECT_NE(mapped->read(0, 10'000), nullptr);
  EXPECT_EQ(mapped->read(20'000, 10'000), nullptr);
}

TEST_F(file_mapping_of_some_pages, lasts_as_long_as_its_last_owner) {
  std::optional<file_mapping> mapped = map(100, 1000);
  if (!mapped) GTEST_SKIP() << "this system does not map with reading";
  file_mapping owner = std::move(*mapped);
  mapped.reset();
  const std::byte* const found = owner.read(0, 1000);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(std::memcmp(found, content_.data() + 100, 1000), 0);
}

TEST_F(file_mapping_of_some_pages, is_none_of_no_bytes) {
  EXPECT_FALSE(map(0, 0).has_value());
}

}  // namespace
}  // namespace tensormerge
