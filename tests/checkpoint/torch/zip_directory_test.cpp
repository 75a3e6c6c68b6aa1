#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/torch/zip_directory.hpp>

#include "../temporary_folder.hpp"
#include "torch_bytes.hpp"

namespace tensormerge {
namespace {

using test::archive_entry;
using test::contains;
using test::little;
using test::zip;

class opened_archive : public testing::Test {
 protected:
  zip_directory open(const std::string& bytes) {
    test::write_file(folder_ / "m.zip", bytes);
    opened_ = open_for_reading(folder_ / "m.zip");
    return zip_directory(opened_, folder_ / "m.zip");
  }

  std::string content(const std::string& bytes, const std::string& name) {
    const zip_directory directory = open(bytes);
    const zip_entry* entry = directory.find(name);
    if (entry == nullptr) return "none";
    return bytes.substr(directory.content_of(*entry), entry->bytes);
  }

  test::temporary_folder folder_;
  file_descriptor opened_;
};

TEST_F(opened_archive, finds_the_content_of_each_entry) {
  const std::string bytes = zip({{"m/a", "first"}, {"m/b", ""}, {"m/c", "third"}}, "a comment");
  EXPECT_EQ(content(bytes, "m/a"), "first");
  EXPECT_EQ(content(bytes, "m/b"), "");
  EXPECT_EQ(content(bytes, "m/c"), "third");
  EXPECT_EQ(content(bytes, "m/d"), "none");
}

TEST_F(opened_archive, takes_numbers_that_need_64_bits_from_the_wide_field) {
  archive_entry wide{"m/a", "first"};
  wide.is_wide = true;
  EXPECT_EQ(content(zip({wide, {"m/b", "second"}}), "m/a"), "first");
}

TEST_F(opened_archive, reads_a_directory_behind_the_first_four_gigabytes) {
  constexpr std::uint64_t far = std::uint64_t{5} << 30;
  const std::string extra =
      little(1, 2) + little(24, 2) + little(4, 8) + little(4, 8) + little(far, 8);
  const std::string entry =
      "PK\x03\x04" + little(0, 22) + little(1, 2) + little(0, 2) + "a" + "abcd";
  const std::string directory = "PK\x01\x02" + little(0, 16) + std::string(8, '\xff') +
                                little(1, 2) + little(extra.size(), 2) + little(0, 10) +
                                std::string(4, '\xff') + "a" + extra;
  const std::uint64_t begin = far + entry.size();
  const std::string end64 = "PK\x06\x06" + little(44, 8) + little(0, 12) + little(1, 8) +
                            little(1, 8) + little(directory.size(), 8) + little(begin, 8);
  const std::string locator =
      "PK\x06\x07" + little(0, 4) + little(begin + directory.size(), 8) + little(1, 4);
  const std::string end =
      "PK\x05\x06" + little(0, 4) + std::string(12, '\xff') + little(0, 2);
  {
    std::ofstream stream(folder_ / "m.zip", std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(far));
    stream << entry << directory << end64 << locator << end;
  }
  opened_ = open_for_reading(folder_ / "m.zip");
  const zip_directory read(opened_, folder_ / "m.zip");
  ASSERT_NE(read.find("a"), nullptr);
  EXPECT_EQ(read.content_of(*read.find("a")), begin - 4);
}

TEST_F(opened_archive, hands_out_no_content_that_is_compressed) {
  EXPECT_TRUE(contains(test::message_of([&] {
                content(zip({{.name = "m/a", .content = "x", .method = 8}}), "m/a");
              }),
              "`m/a`: the entry is compressed or encrypted"));
}

}  // namespace
}  // namespace tensormerge
