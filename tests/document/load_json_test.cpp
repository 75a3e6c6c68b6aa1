#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {
namespace {

std::string message_for(std::string_view text) {
  try {
    load_json(text, "a.json");
  } catch (const failure& found) {
    return found.what();
  }
  return {};
}

TEST(load_json, reads_every_kind_of_value) {
  const node root = load_json(R"({"n": null, "t": true, "f": false, "i": -3, "d": 1.50,
    "s": "a\"b\\A\ud83d\ude00", "l": [1, []], "m": {}})",
                              "a.json");
  EXPECT_TRUE(root.find("n")->is_null());
  EXPECT_EQ(root.find("t")->number, 1);
  EXPECT_EQ(root.find("f")->type, node::kind::boolean);
  EXPECT_EQ(root.find("i")->number, -3);
  EXPECT_EQ(root.find("d")->type, node::kind::number);
  EXPECT_EQ(root.find("s")->text, "a\"b\\A\xF0\x9F\x98\x80");
  EXPECT_EQ(root.find("l")->items.size(), 2u);
  EXPECT_TRUE(root.find("m")->is_mapping());
}

TEST(load_json, keeps_the_text_of_numbers) {
  const node root =
      load_json("[1e-06, 10000.0, -0, 18446744073709551615, 123456789012345678901]", "a.json");
  EXPECT_EQ(root.items[0].text, "1e-06");
  EXPECT_EQ(root.items[1].text, "10000.0");
  EXPECT_EQ(root.items[2].text, "-0");
  EXPECT_EQ(root.items[3].text, "18446744073709551615");
  EXPECT_EQ(root.items[3].type, node::kind::integer);
  EXPECT_EQ(root.items[4].number, 123456789012345678901.0);
}

TEST(load_json, knows_the_place_of_every_value_and_key) {
  const node root =
      load_json("\xEF\xBB\xBF{ \"\xC3\xA9\\\"\": [10 ,\n\t\"x\",{}], \"b\":true}", "a.json");
  EXPECT_EQ(root.at, (text_position{1, 1}));
  EXPECT_EQ(root.entries[0].key_at, (text_position{1, 3}));
  const node& list = root.entries[0].value;
  EXPECT_EQ(list.at, (text_position{1, 10}));
  EXPECT_EQ(list.items[0].at, (text_position{1, 11}));
  EXPECT_EQ(list.items[1].at, (text_position{2, 2}));
  EXPECT_EQ(list.items[2].at, (text_position{2, 6}));
  EXPECT_EQ(root.entries[1].key_at, (text_position{2, 11}));
  EXPECT_EQ(root.entries[1].value.at, (text_position{2, 15}));
}

TEST(visit_json, hands_over_each_entry_of_the_outermost_mapping) {
  std::string seen;
  visit_json(R"({"a": 1, "b": {"c": [2, {"d": 3}]}, "e": []})", "a.json",
             [&seen](const std::string& key, const node& value) {
               seen += key + ": " + write_json(value) + '\n';
             });
  EXPECT_EQ(seen, "a: 1\nb: " + write_json(load_json(R"({"c": [2, {"d": 3}]})", "b.json")) +
                      "\ne: []\n");
}

TEST(visit_json, refuses_what_load_json_refuses) {
  for (const char* text : {"{\"a\": [], \"a\": 2}", "{\"a\": 1, }", "{\"a\": 1"}) {
    const auto visit = [&] { visit_json(text, "a.json", [](const std::string&, const node&) {}); };
    EXPECT_THAT(visit, testing::ThrowsMessage<failure>(message_for(text))) << text;
  }
}

TEST(load_json, refuses_a_key_that_is_given_twice) {
  EXPECT_EQ(message_for("{\"a\": 1,\n \"a\": 2}"),
            "a.json:2:2: error: a: duplicate key, first given in line 1; remove one of the two");
}

TEST(load_json, says_where_the_text_is_no_json) {
  EXPECT_TRUE(
      message_for("{\"a\": \n tru}").starts_with("a.json:2:5: error: a: is not valid JSON"));
  EXPECT_TRUE(message_for("").starts_with("a.json:1:1: error: is not valid JSON"));
  EXPECT_TRUE(message_for("{} {}").starts_with("a.json:1:4: error: is not valid JSON"));
  EXPECT_TRUE(message_for("[1,]").starts_with("a.json:1:4: error: [1]: is not valid JSON"));
  EXPECT_TRUE(message_for("[NaN]").starts_with("a.json:1:2: error: [0]: is not valid JSON"));
  EXPECT_NE(message_for("[1e999]").find("overflow"), std::string::npos);
  EXPECT_NE(message_for("[\"\xFF\"]"), "");
  EXPECT_NE(message_for(std::string("[1\0]", 4)), "");
}

TEST(load_json, refuses_deep_nesting_without_recursion) {
  EXPECT_NE(message_for(std::string(1'000'000, '[')).find("nested too deeply"), std::string::npos);
  EXPECT_EQ(message_for(std::string(200, '[') + std::string(200, ']')), "");
}

TEST(load_json, every_truncation_is_refused) {
  const std::string text = R"({"a": [1.5e3, "x\u0041", true], "b": {"c": null}})";
  ASSERT_EQ(message_for(text), "");
  for (std::size_t i = 0; i < text.size(); ++i) EXPECT_NE(message_for(text.substr(0, i)), "") << i;
}

TEST(load_json, reads_the_configuration_files_of_models) {
  const node config =
      load_json_file(std::filesystem::path(TENSORMERGE_EXAMPLES) / "models/prose-base/config.json");
  EXPECT_EQ(config.find("num_hidden_layers")->number, 4);
  EXPECT_EQ(config.find("model_type")->text, "llama");
}

}  // namespace
}  // namespace tensormerge
