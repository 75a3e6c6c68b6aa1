#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

std::string json_of(std::string_view text) { return write_json(load_yaml(text, "a.yml"), 0); }

std::string message_for(std::string_view text) {
  try {
    load_yaml(text, "a.yml");
  } catch (const failure& found) {
    return found.what();
  }
  return {};
}

TEST(load_yaml, reads_block_and_flow_style) {
  EXPECT_EQ(json_of("a:\n  - 1\n  - {b: c}\nd: |\n  two\n  lines\ne: >-\n  one\n  line\n"),
            R"({"a": [1, {"b": "c"}], "d": "two\nlines\n", "e": "one line"})");
}

TEST(load_yaml, tells_quoted_from_plain_text) {
  const node root = load_yaml("[yes, 'yes', \"1\", 1, 2024-01-15, !!str 1]", "a.yml");
  EXPECT_EQ(root.items[0].type, node::kind::boolean);
  EXPECT_EQ(root.items[0].text, "yes");
  EXPECT_TRUE(root.items[0].plain);
  EXPECT_TRUE(root.items[1].is_string());
  EXPECT_FALSE(root.items[1].plain);
  EXPECT_TRUE(root.items[2].is_string());
  EXPECT_EQ(root.items[3].type, node::kind::integer);
  EXPECT_TRUE(root.items[4].is_string());
  EXPECT_TRUE(root.items[4].plain);
  EXPECT_TRUE(root.items[5].is_string());
}

TEST(load_yaml, knows_the_place_of_every_value_and_key) {
  for (const std::string_view line_break : {"\n", "\r\n"}) {
    for (const std::string_view mark : {"", "\xEF\xBB\xBF"}) {
      std::string text(mark);
      text += "\xC3\xA9\xE2\x82\xAC: \xC3\xBC";
      text += line_break;
      text += "list:";
      text += line_break;
      text += "- 'x'";
      text += line_break;
      text += "- \xF0\x9F\x98\x80: {k: v}";
      text += line_break;
      const node root = load_yaml(text, "a.yml");
      EXPECT_EQ(root.at, (text_position{1, 1}));
      EXPECT_EQ(root.entries[0].key_at, (text_position{1, 1}));
      EXPECT_EQ(root.entries[0].value.at, (text_position{1, 5}));
      EXPECT_EQ(root.entries[1].key_at, (text_position{2, 1}));
      const node& list = root.entries[1].value;
      EXPECT_EQ(list.items[0].at, (text_position{3, 3}));
      const node_entry& last = list.items[1].entries[0];
      EXPECT_EQ(last.key_at, (text_position{4, 3}));
      EXPECT_EQ(last.value.at, (text_position{4, 6}));
      EXPECT_EQ(last.value.entries[0].key_at, (text_position{4, 7}));
      EXPECT_EQ(last.value.entries[0].value.at, (text_position{4, 10}));
    }
  }
}

TEST(load_yaml, an_absent_value_stands_at_its_key_or_dash) {
  const node root = load_yaml("a:\nb:\n  - 1\n  -\n  - ~\nc: null\n", "a.yml");
  EXPECT_EQ(root.find("a")->at, (text_position{1, 1}));
  EXPECT_EQ(root.find("a")->text, "");
  EXPECT_EQ(root.find("b")->items[1].at, (text_position{4, 3}));
  EXPECT_EQ(root.find("b")->items[2].at, (text_position{5, 5}));
  EXPECT_EQ(root.find("b")->items[2].text, "~");
  EXPECT_EQ(root.find("c")->at, (text_position{6, 4}));
  EXPECT_EQ(root.find("c")->text, "null");
}

TEST(load_yaml, reads_json_with_tabs_and_without_spaces) {
  EXPECT_EQ(json_of("{\n\t\"a\":1,\n\t\"b\":[1,\t\"\\u0041\\/\"]\n}\n"),
            R"({"a": 1, "b": [1, "A/"]})");
}

TEST(load_yaml, no_document_is_null) {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n", "---\n", "\xEF\xBB\xBF"}) {
    EXPECT_TRUE(load_yaml(text, "a.yml").is_null()) << text;
  }
}

TEST(load_yaml, copies_what_aliases_repeat) {
  const node root = load_yaml("a: &x [1, &y two]\nb: *x\n*y : *y\n", "a.yml");
  EXPECT_EQ(write_json(root, 0), R"({"a": [1, "two"], "b": [1, "two"], "two": "two"})");
  EXPECT_EQ(root.find("b")->at, (text_position{2, 4}));
  EXPECT_EQ(root.find("b")->items[0].at, (text_position{1, 8}));
}

TEST(load_yaml, merges_mappings_below_the_merge_key) {
  EXPECT_EQ(json_of("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\n"
                    "one: {<<: *x, b: 5}\nlist: {d: 6, <<: [*y, *x], e: 7}\n"),
            R"({"x": {"a": 1, "b": 2}, "y": {"b": 3, "c": 4}, "one": {"a": 1, "b": 5}, )"
            R"("list": {"d": 6, "b": 3, "c": 4, "a": 1, "e": 7}})");
  EXPECT_EQ(json_of("'<<': 1"), R"({"<<": 1})");
  EXPECT_TRUE(message_for("a: 1\n<<: 2\n").starts_with("a.yml:2:5: error: the merge key"));
}

TEST(load_yaml, refuses_a_key_that_is_given_twice) {
  EXPECT_EQ(
      message_for("m:\n- w: 1\n  v: 2\n  w: 3\n"),
      "a.yml:4:3: error: m[0].w: duplicate key, first given in line 2; remove one of the two");
}

TEST(load_yaml, refuses_keys_that_are_no_text) {
  EXPECT_TRUE(message_for("{a: 1}: 2").starts_with("a.yml:1:1: error: a key is not text"));
  EXPECT_TRUE(message_for(": 2").starts_with("a.yml:1:1: error: a key is empty"));
  EXPECT_TRUE(message_for("a: &x [1]\n*x : 2").starts_with("a.yml:2:1: error: a key is not text"));
  EXPECT_EQ(json_of("1: a\ntrue: b\n~: c\n"), R"({"1": "a", "true": "b", "~": "c"})");
}

TEST(load_yaml, allows_standard_tags_that_fit_only) {
  EXPECT_EQ(json_of("[!!int 3, !!float 3, !!bool yes, !!null ~, !!seq [], !!map {}, ! 3]"),
            R"([3, 3, true, null, [], {}, "3"])");
  EXPECT_TRUE(
      message_for("a: !!python/object:os.system x").starts_with("a.yml:1:4: error: a: the tag"));
  EXPECT_TRUE(message_for("a: !own [x]").starts_with("a.yml:1:4: error: a: the tag"));
  EXPECT_TRUE(message_for("a: !!int x").starts_with("a.yml:1:4: error: a: the value does not fit"));
  EXPECT_TRUE(message_for("a: !!seq {}").starts_with("a.yml:1:4: error: a: the tag"));
}

TEST(load_yaml, refuses_a_second_document) {
  EXPECT_EQ(
      message_for("a: 1\n---\nb: 2\n"),
      "a.yml:2:1: error: a further document begins, expected one document in the file; remove "
      "the line --- and what follows");
  EXPECT_NE(message_for("a: 1\n---\n"), "");
  EXPECT_EQ(message_for("%YAML 1.1\n---\na: 1\n...\n"), "");
  EXPECT_TRUE(message_for("  a: 1\nb: 2\n").starts_with("a.yml:2:1: error: is not valid YAML"));
}

TEST(load_yaml_documents, reads_all_of_them) {
  const std::vector<node> documents =
      load_yaml_documents("a: &x 1\n---\n{}\n---\n...\n---\nlast\n", "a.yml");
  ASSERT_EQ(documents.size(), 4u);
  EXPECT_TRUE(documents[1].is_mapping());
  EXPECT_TRUE(documents[2].is_null());
  EXPECT_EQ(documents[3].text, "last");
  EXPECT_EQ(documents[3].at, (text_position{7, 1}));
  EXPECT_TRUE(load_yaml_documents("", "a.yml").empty());
  EXPECT_THROW(load_yaml_documents("a: &x 1\n---\nb: *x\n", "a.yml"), failure);
}

TEST(load_yaml, refuses_an_alias_inside_its_own_value) {
  EXPECT_TRUE(message_for("a: &x [1, *x]")
                  .starts_with(
                      "a.yml:1:11: error: a[1]: an alias stands inside the value that it repeats"));
  EXPECT_NE(message_for("a: &x {b: *x}"), "");
  EXPECT_NE(message_for("&x *x : 1"), "");
}

TEST(load_yaml, refuses_an_alias_bomb_where_it_is_used) {
  std::string bomb = "x-a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "x-a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_NE(message_for(bomb).find("aliases expand to too many values"), std::string::npos);
  EXPECT_EQ(message_for(bomb + "weight: *a60\n"),
            "a.yml:62:9: error: aliases expand to too many values, expected at most 1000000 in one "
            "document");
}

TEST(load_yaml, refuses_more_values_than_a_configuration_can_have) {
  std::string text = "[0";
  for (int i = 0; i < 1'000'000; ++i) text += ",0";
  EXPECT_NE(message_for(text + "]").find("the document holds too many values"), std::string::npos);
}

TEST(load_yaml, merges_large_mappings_in_time) {
  std::string text = "x: &x {";
  for (int i = 0; i < 100'000; ++i) text += 'a' + std::to_string(i) + ": 1, ";
  text += "}\ny: {<<: *x, ";
  for (int i = 0; i < 100'000; ++i) text += 'b' + std::to_string(i) + ": 1, ";
  EXPECT_EQ(load_yaml(text + "}\n", "a.yml").find("y")->entries.size(), 200'000u);
}

TEST(load_yaml, refuses_deep_nesting_of_every_kind) {
  std::string dashes, keys;
  for (int i = 0; i < 10'000; ++i) {
    dashes += "- ";
    if (i < 300) keys += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  }
  for (const std::string& text : {std::string(10'000, '['), std::string(10'000, '{'), dashes, keys,
                                  std::string(1'000'000, '[')}) {
    EXPECT_NE(message_for(text), "");
  }
  EXPECT_EQ(message_for(std::string(200, '[') + std::string(200, ']')), "");
  EXPECT_NE(message_for(std::string(201, '[') + std::string(201, ']')), "");
}

TEST(load_yaml, every_truncation_is_read_or_refused) {
  const std::string text = "a: &x {b: \"c\\n\", 'd': [1, *x2]}\ne: |\n  f\ng: !!int 3\n<<: *x\n";
  for (std::size_t i = 0; i < text.size(); ++i) message_for(text.substr(0, i));
}

TEST(load_yaml, names_common_mistakes) {
  EXPECT_NE(message_for("a:\n\tb: 1\n").find("a.yml:2:1: error: is not valid YAML: a tab"),
            std::string::npos);
  EXPECT_NE(
      message_for("a: 'b\nc: d\n").find("a.yml:1:4: error: a: is not valid YAML: a quotation"),
      std::string::npos);
  EXPECT_NE(message_for("a: *\n").find("quote it"), std::string::npos);
  EXPECT_NE(message_for("a: @b\n").find("quote the value"), std::string::npos);
  EXPECT_NE(message_for("a: {b: 1\n").find("a { is not closed"), std::string::npos);
}

/// Every file of the corpus: what PyYAML refuses is refused at the place that the manifest names,
/// the rest is read.
TEST(load_yaml, agrees_with_the_corpus_of_configurations) {
  const std::filesystem::path corpus = std::filesystem::path(TENSORMERGE_SHARED) / "configs";
  if (!std::filesystem::exists(corpus / "manifest.json")) {
    GTEST_SKIP() << "the corpus of configurations (TENSORMERGE_SHARED/configs) is absent";
  }
  std::size_t refused = 0;
  for (const node& record : load_json_file(corpus / "manifest.json").items) {
    const std::string file = record.find("file")->text;
    const bool by_yaml = record.find("real_mergekit_stage")->text == "yaml";
    try {
      load_yaml_documents_file(corpus / file);
      EXPECT_FALSE(by_yaml) << file << " is not refused";
    } catch (const failure& found) {
      ++refused;
      EXPECT_EQ(record.find("verdict")->text, "invalid") << found.what();
      std::vector<text_position> places;
      const auto add = [&places](const node& line, const node& column) {
        places.push_back(
            {static_cast<std::uint32_t>(line.number), static_cast<std::uint32_t>(column.number)});
      };
      add(*record.find("line"), *record.find("column"));
      for (const node& also : record.find("also")->items) add(also.items[0], also.items[1]);
      EXPECT_NE(std::find(places.begin(), places.end(), found.findings().front().at), places.end())
          << found.what();
    }
  }
  EXPECT_GE(refused, 25u);
}

}  // namespace
}  // namespace tensormerge
