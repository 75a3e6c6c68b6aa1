#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/tree_builder.hpp>

namespace tensormerge {
namespace {

TEST(tree_builder, builds_lists_and_mappings) {
  tree_builder builder("a.yml");
  builder.begin(make_mapping({1, 1}));
  EXPECT_TRUE(builder.wants_key());
  builder.key("list", {1, 1});
  EXPECT_FALSE(builder.wants_key());
  builder.begin(make_sequence({1, 7}));
  builder.value(make_integer(1));
  builder.value(make_integer(2));
  EXPECT_EQ(builder.end().items.size(), 2u);
  EXPECT_TRUE(builder.wants_key());
  builder.end();
  const node root = builder.finish();
  EXPECT_EQ(root.find("list")->items[1].number, 2);
  EXPECT_EQ(root.find("list")->at, (text_position{1, 7}));
}

TEST(tree_builder, reports_every_key_that_is_given_twice_in_the_order_of_the_text) {
  tree_builder builder("a.yml");
  builder.begin(make_mapping());
  std::uint32_t line = 0;
  for (const char* key : {"z", "a", "z", "a", "a"}) {
    builder.key(key, {++line, 1});
    builder.value(node{});
  }
  builder.end();
  try {
    builder.finish();
    FAIL();
  } catch (const failure& found) {
    EXPECT_EQ(std::string(found.what()),
              "a.yml:3:1: error: z: duplicate key, first given in line 1; remove one of the two\n"
              "a.yml:4:1: error: a: duplicate key, first given in line 2; remove one of the two\n"
              "a.yml:5:1: error: a: duplicate key, first given in line 2; remove one of the two");
  }
}

TEST(tree_builder, refuses_more_values_than_it_may_hold) {
  tree_builder builder("a.json", 2);
  builder.begin(make_sequence());
  builder.value(make_integer(1));
  builder.value(make_integer(2));
  try {
    builder.value(make_integer(3));
    FAIL() << "a third value was taken";
  } catch (const failure& problem) {
    EXPECT_NE(std::string(problem.what()).find("holds too many values, expected at most 2"),
              std::string::npos);
  }
}

TEST(tree_builder, refuses_deep_nesting_and_says_where) {
  tree_builder builder("a.yml");
  builder.begin(make_mapping());
  builder.key("x", {1, 1});
  for (std::size_t i = 1; i < tree_builder::greatest_depth; ++i) builder.begin(make_sequence());
  try {
    builder.begin(make_sequence({9, 9}));
    FAIL();
  } catch (const failure& found) {
    EXPECT_TRUE(std::string(found.what()).starts_with("a.yml:9:9: error: x[0][0]")) << found.what();
    EXPECT_NE(std::string(found.what()).find("is nested too deeply"), std::string::npos);
  }
}

}  // namespace
}  // namespace tensormerge
