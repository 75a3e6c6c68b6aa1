#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/document/yaml_mistake.hpp>

namespace tensormerge {
namespace {

TEST(explain_yaml_error, points_at_the_tab_of_an_indentation) {
  const yaml_mistake found = explain_yaml_error("a:\n  \tb: 1\n", 7, "illegal map value");
  EXPECT_EQ(found.offset, 5u);
  EXPECT_EQ(found.hint, "use spaces");
}

TEST(explain_yaml_error, points_at_the_backslash_of_an_escape) {
  EXPECT_EQ(explain_yaml_error("a: \"C:\\m\"", 8, "unknown escape character: m").offset, 6u);
  EXPECT_EQ(explain_yaml_error("a: \"C:\\Users\\me\\x\"", 16,
                               "bad character found while scanning hex number")
                .offset,
            6u);
}

TEST(explain_yaml_error, tells_a_second_key_in_a_line_from_a_continued_one) {
  EXPECT_EQ(explain_yaml_error("a: b: c", 4, "illegal map value").hint,
            "quote a value that holds `: `");
  const yaml_mistake no_space = explain_yaml_error("a:b\nc: d", 5, "illegal map value");
  EXPECT_EQ(no_space.offset, 4u);
  EXPECT_EQ(no_space.hint, "write a space after its colon: `a: b`");
}

TEST(explain_yaml_error, keeps_a_message_that_it_does_not_know) {
  const yaml_mistake found = explain_yaml_error("a", 100, "something new");
  EXPECT_EQ(found.offset, 1u);
  EXPECT_EQ(found.what, "is not valid YAML: something new");
}

TEST(find_unclosed_quote, follows_each_quotation_mark_to_its_end) {
  EXPECT_FALSE(find_unclosed_quote("'a''b'", 0));
  EXPECT_FALSE(find_unclosed_quote("\"a\\\"b\"", 0));
  EXPECT_FALSE(find_unclosed_quote("!!str &x 'a'", 0));
  EXPECT_FALSE(find_unclosed_quote("|\n 'a", 0));
  EXPECT_FALSE(find_unclosed_quote("!", 0));
  EXPECT_EQ(find_unclosed_quote("'a''", 0), 0u);
  EXPECT_EQ(find_unclosed_quote("\"a\\\"", 0), 0u);
  EXPECT_EQ(find_unclosed_quote("&x\n 'a\nb: c\n", 0), 4u);
}

}  // namespace
}  // namespace tensormerge
