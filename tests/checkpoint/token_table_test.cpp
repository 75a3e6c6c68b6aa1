#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/checkpoint/token_table.hpp>

namespace tensormerge {
namespace {

using testing::ElementsAre;

token_table three_tokens() {
  token_table table;
  for (const char* token : {"a", "b", "c"}) table.put(token, table.model_tokens());
  return table;
}

std::vector<std::string> contents(const token_table& table) {
  std::vector<std::string> list;
  for (const added_token& token : table.added()) {
    list.push_back(token.content + '=' + std::to_string(token.id));
  }
  return list;
}

TEST(token_table, numbers_added_tokens_behind_those_of_the_model) {
  token_table table = three_tokens();
  EXPECT_TRUE(table.add({.content = "x", .id = 77}));
  EXPECT_TRUE(table.add({.content = "y"}));
  EXPECT_THAT(contents(table), ElementsAre("x=3", "y=4"));
  EXPECT_EQ(table.rows(), 5u);
  EXPECT_EQ(table.size(), 5u);
}

TEST(token_table, an_added_token_of_the_model_keeps_its_id) {
  token_table table = three_tokens();
  table.add({.content = "x"});
  table.add({.content = "b", .special = true});
  table.add({.content = "y"});
  EXPECT_THAT(contents(table), ElementsAre("b=1", "x=3", "y=4"));
  EXPECT_EQ(table.size(), 5u);
}

TEST(token_table, the_first_to_add_a_token_gives_its_flags) {
  token_table table = three_tokens();
  table.add({.content = "x", .lstrip = true});
  table.add({.content = "x", .special = true});
  table.add({.content = ""});
  ASSERT_EQ(table.added().size(), 1u);
  EXPECT_TRUE(table.added()[0].lstrip);
  EXPECT_FALSE(table.added()[0].special);
}

TEST(token_table, adds_nothing_where_the_next_id_is_taken) {
  token_table table;
  table.put("a", 0);
  table.put("z", 9);
  EXPECT_FALSE(table.add({.content = "x"}));
  EXPECT_TRUE(table.add({.content = "z"}));
  EXPECT_EQ(table.size(), 2u);
}

TEST(token_table, keeps_what_is_below_a_limit) {
  token_table table = three_tokens();
  table.add({.content = "a", .special = true});
  table.add({.content = "x"});
  table.add({.content = "y"});
  const token_table kept = table.below(4);
  EXPECT_THAT(contents(kept), ElementsAre("a=0", "x=3"));
  EXPECT_EQ(kept.find("y"), std::nullopt);
  EXPECT_EQ(kept.find("c"), 2u);
  EXPECT_EQ(kept.model_tokens(), 3u);
}

}  // namespace
}  // namespace tensormerge
