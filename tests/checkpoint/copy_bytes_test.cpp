#include <cstddef>
#include <filesystem>
#include <string>

#include <fcntl.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/copy_bytes.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

class copying : public testing::Test {
 protected:
  copying() : data_(3'000'000, '\0') {
    for (std::size_t i = 0; i < data_.size(); ++i) data_[i] = static_cast<char>(i % 253);
    test::write_file(from_, data_);
    test::write_file(to_, "head");
  }

  void copy(int flags, std::uint64_t from, std::uint64_t bytes) const {
    const file_descriptor source = open_for_reading(from_);
    const file_descriptor target(::open(to_.c_str(), flags));
    copy_bytes({source, from_, from}, {target, to_, 4}, bytes);
  }

  test::temporary_folder folder_;
  std::filesystem::path from_ = folder_ / "from", to_ = folder_ / "to";
  std::string data_;
};

TEST_F(copying, moves_a_range_to_another_place) {
  copy(O_WRONLY, 1000, 2'500'001);
  EXPECT_EQ(test::read_file(to_), "head" + data_.substr(1000, 2'500'001));
}

TEST_F(copying, reads_and_writes_where_the_kernel_cannot_copy) {
  // No file system copies inside the kernel into a file opened to append, but pwrite appends too.
  copy(O_WRONLY | O_APPEND, 1000, 2'500'001);
  EXPECT_EQ(test::read_file(to_), "head" + data_.substr(1000, 2'500'001));
}

TEST_F(copying, of_nothing_changes_nothing) {
  copy(O_WRONLY, 0, 0);
  EXPECT_EQ(test::read_file(to_), "head");
}

TEST_F(copying, names_a_source_that_ends_early) {
  EXPECT_TRUE(
      contains(message_of([&] { copy(O_WRONLY, data_.size() - 10, 11); }),
               "from: error: the file became shorter while it was copied, expected 1 bytes"));
}

}  // namespace
}  // namespace tensormerge
