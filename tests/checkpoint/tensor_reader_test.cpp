#include <cstddef>
#include <optional>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

std::string numbered_bytes(std::size_t count) {
  std::string data(count, '\0');
  for (std::size_t i = 0; i < count; ++i) data[i] = static_cast<char>(i * 131 + i / 251);
  return data;
}

class reading : public testing::Test {
 protected:
  reading() : data_(numbered_bytes(100'000)) {
    test::write_file(folder_ / "model.safetensors", test::file_with_tensor("t", data_));
    weights_ = checkpoint::open(folder_.path());
  }

  std::string read(const tensor_reader& reader, std::size_t offset, std::size_t bytes) const {
    std::string into(bytes, '\0');
    reader.read(weights_.tensors()[0], offset, std::as_writable_bytes(std::span(into)));
    return into;
  }

  test::temporary_folder folder_;
  std::string data_;
  checkpoint weights_;
};

TEST_F(reading, gives_any_range_of_a_tensor) {
  const tensor_reader reader(weights_);
  EXPECT_EQ(read(reader, 0, data_.size()), data_);
  EXPECT_EQ(read(reader, 777, 4096), data_.substr(777, 4096));
  EXPECT_EQ(read(reader, data_.size(), 0), "");
}

TEST_F(reading, refuses_ranges_that_leave_the_tensor) {
  const tensor_reader reader(weights_);
  EXPECT_TRUE(contains(message_of([&] { read(reader, 1, data_.size()); }),
                       "`t`: a read leaves the tensor, expected at most 100000 bytes, found 100000 "
                       "bytes from 1 on"));
  EXPECT_TRUE(contains(message_of([&] { read(reader, std::size_t(-1), 2); }), "leaves the tensor"));
}

TEST_F(reading, names_a_file_that_became_shorter) {
  const tensor_reader reader(weights_);
  std::filesystem::resize_file(folder_ / "model.safetensors", 5000);
  EXPECT_TRUE(contains(message_of([&] { read(reader, 0, data_.size()); }),
                       "`t`: the file became shorter after its header was read"));
}

TEST_F(reading, names_a_file_that_is_gone) {
  std::filesystem::remove(folder_ / "model.safetensors");
  EXPECT_TRUE(contains(message_of([&] { tensor_reader reader(weights_); }),
                       "model.safetensors: error: cannot open the file"));
}

TEST_F(reading, goes_on_after_the_file_was_removed) {
  const tensor_reader reader(weights_);
  std::filesystem::remove(folder_ / "model.safetensors");
  EXPECT_EQ(read(reader, 0, data_.size()), data_);
}

TEST_F(reading, maps_tensors_that_lie_aligned) {
  const tensor_reader reader(weights_);
  tensor_entry tensor = weights_.tensors()[0];
  const std::optional<file_mapping> mapped = reader.map(tensor, 1);
  if (!mapped) GTEST_SKIP() << "this system does not map with reading";
  const std::byte* const found = reader.read_mapped(tensor, *mapped, 777, 4096);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(std::memcmp(found, data_.data() + 777, 4096), 0);
  tensor.offset += tensor.offset % 2 == 0 ? 1 : 0;
  EXPECT_FALSE(reader.map(tensor, 2).has_value());
}

TEST_F(reading, takes_no_zeros_for_what_a_mapped_file_lost) {
  const tensor_reader reader(weights_);
  const tensor_entry& tensor = weights_.tensors()[0];
  const std::optional<file_mapping> mapped = reader.map(tensor, 1);
  if (!mapped) GTEST_SKIP() << "this system does not map with reading";
  reader.check_length(tensor);
  std::filesystem::resize_file(folder_ / "model.safetensors",
                               tensor.offset + tensor.bytes - 10);  // within the last page
  EXPECT_EQ(reader.read_mapped(tensor, *mapped, tensor.bytes - 100, 100), nullptr);
  EXPECT_TRUE(contains(message_of([&] { reader.check_length(tensor); }), "became shorter"));
}

TEST_F(reading, may_be_shared_by_threads) {
  const tensor_reader reader(weights_);
  std::vector<std::string> parts(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int times = 0; times < 50; ++times) parts[i] = read(reader, i * 12'000, 12'000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i], data_.substr(i * 12'000, 12'000)) << i;
  }
}

}  // namespace
}  // namespace tensormerge
