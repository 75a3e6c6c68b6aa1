#include <tensormerge/config/schema/uri_format.hpp>

#include <gtest/gtest.h>

namespace tensormerge::schema {
namespace {

TEST(uri_format, uris_have_a_scheme_and_references_need_none) {
  EXPECT_TRUE(is_uri("https://u@[::1]:8/a?b#c", false, false));
  EXPECT_TRUE(is_uri("urn:isbn:1", false, false));
  EXPECT_FALSE(is_uri("//host/a", false, false));
  EXPECT_TRUE(is_uri("//host/a", true, false));
  EXPECT_FALSE(is_uri("1a:b", true, false));
}

TEST(uri_format, letters_outside_ascii_are_international) {
  EXPECT_FALSE(is_uri("http://\u0192.org/", false, false));
  EXPECT_TRUE(is_uri("http://\u0192.org/", false, true));
  EXPECT_FALSE(is_uri("http://2001:db8::7334", false, true));
}

TEST(uri_format, templates_and_pointers_follow_their_grammar) {
  EXPECT_TRUE(is_uri_template("http://a/{b}{?c,d*}"));
  EXPECT_FALSE(is_uri_template("http://a/{b"));
  EXPECT_TRUE(is_json_pointer("/a~0/~1b"));
  EXPECT_FALSE(is_json_pointer("a"));
  EXPECT_TRUE(is_relative_json_pointer("1/a"));
  EXPECT_FALSE(is_relative_json_pointer("01#"));
}

}  // namespace
}  // namespace tensormerge::schema
