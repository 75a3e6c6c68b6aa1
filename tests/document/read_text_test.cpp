#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/read_text.hpp>

namespace tensormerge {
namespace {

std::string message_for(const std::filesystem::path& file, std::size_t most_bytes) {
  try {
    read_text(file, most_bytes);
  } catch (const failure& found) {
    return found.what();
  }
  return {};
}

TEST(read_text, reads_every_byte) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "read_text.bin";
  std::string content(200'000, 'x');
  content[7] = '\0';
  content[8] = '\r';
  std::ofstream(file, std::ios::binary) << content;
  EXPECT_EQ(read_text(file, 200'000), content);
  EXPECT_EQ(message_for(file, 199'999),
            file.string() + ": error: is too large, expected at most 199999 bytes");
  std::filesystem::remove(file);
}

TEST(read_text, names_a_missing_file_and_a_folder) {
  EXPECT_EQ(message_for("no/such.yml", 10), "no/such.yml: error: does not exist");
  EXPECT_EQ(message_for(testing::TempDir(), 10),
            testing::TempDir() + ": error: is a folder, expected a file");
}

TEST(read_text, ends_with_an_endless_file) {
  EXPECT_NE(message_for("/dev/zero", 1000).find("is too large"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge
