#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/document/check_encoding.hpp>

namespace tensormerge {
namespace {

std::string message_for(std::string_view text) {
  try {
    check_encoding(text, text_positions(text), "a.yml");
  } catch (const failure& found) {
    return found.what();
  }
  return {};
}

TEST(check_encoding, lets_every_unicode_text_pass) {
  EXPECT_EQ(message_for(""), "");
  EXPECT_EQ(message_for("\xEF\xBB\xBFkey: \t1\r\n"), "");
  EXPECT_EQ(message_for("\xC2\x80\x20" + std::string("x")).substr(0, 22), "a.yml:1:1: error: hold");
  EXPECT_EQ(message_for("\xC2\x85 \xC2\xA0 \xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF"), "");
}

TEST(check_encoding, refuses_bytes_that_are_no_utf_8_at_the_first) {
  for (const std::string_view bad : {"\xFF", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                     "\xF4\x90\x80\x80", "\xF0\x80\x80\xAF", "\x80", "\xC3("}) {
    const std::string text = "k: 1\nm: " + std::string(bad);
    EXPECT_EQ(message_for(text).substr(0, 30), "a.yml:2:4: error: is not UTF-8") << text;
  }
  EXPECT_EQ(message_for("a: \xE9t\xE9\n"),
            "a.yml:1:4: error: is not UTF-8, expected text in UTF-8, found the byte 0xE9; save the "
            "file as UTF-8");
}

TEST(is_utf8, looks_at_every_byte) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F" "e \xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(is_utf8("a\xFF"));
  EXPECT_FALSE(is_utf8("\xC3"));
}

TEST(check_encoding, names_utf_16) {
  constexpr std::string_view message =
      "a.yml:1:1: error: cannot be read, expected text in UTF-8, found UTF-16 or UTF-32; save the "
      "file as UTF-8";
  EXPECT_EQ(message_for(std::string("\xFF\xFE"
                                    "a\0",
                                    4)),
            message);
  EXPECT_EQ(message_for(std::string("\xFE\xFF\0a", 4)), message);
  EXPECT_EQ(message_for(std::string("a\0:\0", 4)), message);
  EXPECT_EQ(message_for(std::string("\0a\0:", 4)), message);
}

TEST(check_encoding, names_a_control_character_and_its_place) {
  EXPECT_EQ(message_for(std::string("abc: x\0y", 8)),
            "a.yml:1:7: error: holds a control character, expected text in UTF-8, found U+0000; "
            "remove the character");
  EXPECT_NE(message_for("a: \x07").find("U+0007"), std::string::npos);
  EXPECT_NE(message_for("a: \x7F").find("U+007F"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge
