#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

TEST(write_json, keeps_order_and_number_text) {
  const std::string text =
      "{\n  \"z\": 1e-06,\n  \"a\": [\n    10000.0,\n    true,\n    null\n  ],\n"
      "  \"e\": [],\n  \"m\": {}\n}";
  EXPECT_EQ(write_json(load_json(text, "a.json")), text);
}

TEST(write_json, writes_one_line_without_indentation) {
  EXPECT_EQ(write_json(load_json("{\"a\":[1,2],\"b\":{\"c\":\"d\"}}", "a.json"), 0),
            "{\"a\": [1, 2], \"b\": {\"c\": \"d\"}}");
}

TEST(write_json, escapes_what_json_asks_for) {
  EXPECT_EQ(write_json(make_string("\"\\\n\r\t\x01/\xC3\xA9")),
            "\"\\\"\\\\\\n\\r\\t\\u0001/\xC3\xA9\"");
}

TEST(write_json, turns_numbers_of_yaml_into_numbers_of_json) {
  EXPECT_EQ(
      write_json(load_yaml("[.5, 5., +1, 010, 0x10, 1_000, .inf, .nan, 1.5e-7, yes]", "a.yml"), 0),
      "[0.5, 5, 1, 8, 16, 1000, null, null, 1.5e-7, true]");
}

}  // namespace
}  // namespace tensormerge
