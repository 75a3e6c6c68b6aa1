#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/quoted_name.hpp>

namespace tensormerge {
namespace {

TEST(quoted_name, encloses_a_name_in_backticks) {
  EXPECT_EQ(quoted_name("model.norm.weight"), "`model.norm.weight`");
}

TEST(quoted_name, disarms_bytes_that_a_terminal_would_act_upon) {
  EXPECT_EQ(quoted_name("a\x1b[31mb\nc\x7f"), "`a?[31mb?c?`");
}

TEST(quoted_name, leaves_out_the_middle_of_long_names) {
  const std::string shown = quoted_name(std::string(1000, 'a') + std::string(1000, 'b'));
  EXPECT_EQ(shown, "`" + std::string(50, 'a') + "..." + std::string(50, 'b') + "`");
}

TEST(is_plain_file_name, accepts_names_of_files_in_the_folder) {
  EXPECT_TRUE(is_plain_file_name("model-00001-of-00002.safetensors"));
  EXPECT_TRUE(is_plain_file_name("..x"));
  EXPECT_TRUE(is_plain_file_name("größe"));
}

TEST(is_plain_file_name, refuses_what_leads_elsewhere) {
  for (const std::string_view name :
       {std::string_view(""), std::string_view("."), std::string_view(".."),
        std::string_view("../x"), std::string_view("/etc/passwd"), std::string_view("a/b"),
        std::string_view("a\\b"), std::string_view("a\0b", 3)}) {
    EXPECT_FALSE(is_plain_file_name(name)) << name;
  }
}

}  // namespace
}  // namespace tensormerge
