#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/file_descriptor.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

TEST(file_descriptor, closes_the_file_once_after_moves) {
  file_descriptor first(::open("/dev/null", O_RDONLY));
  const int number = first.number();
  {
    file_descriptor second = std::move(first);
    EXPECT_EQ(second.number(), number);
    file_descriptor third;
    third = std::move(second);
    EXPECT_NE(::fcntl(number, F_GETFD), -1);
  }
  EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST(open_for_reading, names_the_file_that_is_missing) {
  EXPECT_TRUE(contains(message_of([] { open_for_reading("/nowhere/file"); }),
                       "/nowhere/file: error: cannot open the file, found No such file"));
}

TEST(open_for_reading, refuses_folders_devices_and_pipes_without_blocking) {
  const test::temporary_folder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_TRUE(contains(message_of([&] { open_for_reading(folder / "pipe"); }),
                       "expected a regular file, found a special file"));
  EXPECT_TRUE(contains(message_of([&] { open_for_reading(folder.path()); }), "found a folder"));
  EXPECT_TRUE(contains(message_of([] { open_for_reading("/dev/zero"); }), "found a special file"));
}

TEST(read_at, stops_at_the_end_of_the_file) {
  const test::temporary_folder folder;
  test::write_file(folder / "f", "0123456789");
  const file_descriptor opened = open_for_reading(folder / "f");
  std::array<std::byte, 8> into{};
  EXPECT_EQ(read_at(opened, folder / "f", 0, into), 8u);
  EXPECT_EQ(read_at(opened, folder / "f", 6, into), 4u);
  EXPECT_EQ(std::to_integer<char>(into[3]), '9');
  EXPECT_EQ(read_at(opened, folder / "f", 100, into), 0u);
}

TEST(write_at, names_the_file_that_cannot_be_written) {
  const test::temporary_folder folder;
  test::write_file(folder / "f", "");
  const file_descriptor opened = open_for_reading(folder / "f");
  EXPECT_TRUE(
      contains(message_of([&] { write_at(opened, folder / "f", 3, test::bytes_of("abc")); }),
               "cannot write at byte 3"));
}

TEST(write_at, says_that_the_disk_is_full) {
  const file_descriptor full(::open("/dev/full", O_WRONLY));
  if (!full) GTEST_SKIP() << "/dev/full is not there";
  EXPECT_TRUE(contains(message_of([&] { write_at(full, "/dev/full", 0, test::bytes_of("abc")); }),
                       "No space left on device; free space"));
}

}  // namespace
}  // namespace tensormerge
