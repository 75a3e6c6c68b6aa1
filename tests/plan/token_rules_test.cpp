#include <map>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/token_rules.hpp>

namespace tensormerge {
namespace {

class rules_for_tokens : public testing::Test {
 protected:
  rules_for_tokens() {
    plan_.models = {{.name = "a", .folder = {}}, {.name = "b", .folder = {}}};
    for (const char* token : {"x", "y"}) {
      for (token_table& table : tables_) table.put(token, table.model_tokens());
    }
    tables_[1].put("z", 2);
  }

  resolved_rule read(const std::string& token, const token_rule& rule) {
    tokenizer_settings settings;
    settings.tokens.emplace_back(token, rule);
    return token_rule_reader(plan_, {&tables_[0], &tables_[1]}, "merge.yml", findings_)
        .read(settings)
        .at(token);
  }

  std::string finding() const {
    return findings_.all().empty() ? "" : to_string(findings_.all().front());
  }

  merge_plan plan_;
  std::vector<token_table> tables_{2};
  finding_groups findings_;
};

TEST_F(rules_for_tokens, name_a_model_another_token_or_zeros) {
  const auto row = [](const resolved_rule& rule) {
    const model_row& from = std::get<model_row>(rule.source);
    return std::pair(from.model, from.row);
  };
  EXPECT_EQ(row(read("y", {.source = model_reference{.path = "b"}})), std::pair(1ul, 1ul));
  EXPECT_EQ(row(read("new", {.source = model_token{.model = {.path = "b"}, .token = "z"}})),
            std::pair(1ul, 2ul));
  EXPECT_EQ(row(read("new", {.source = model_token{.model = {.path = "a"}, .token_id = 9}})),
            std::pair(0ul, 9ul));
  EXPECT_TRUE(std::holds_alternative<resolved_rule::zeros>(
      read("new", {.source = zero_token{}, .force = true}).source));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(read("x", {.force = true}).source));
  EXPECT_EQ(finding(), "");
}

TEST_F(rules_for_tokens, that_name_what_is_not_there_are_reported) {
  read("z", {.source = model_reference{.path = "a"}});
  EXPECT_THAT(finding(), testing::HasSubstr("the model `a` has no token `z`"));
  findings_ = {};
  read("x", {.source = model_reference{.path = "c"}});
  EXPECT_THAT(finding(), testing::HasSubstr("the model `c` is not merged"));
  findings_ = {};
  read("x", {.source = model_token{.model = {.path = "a"}, .token_id = -1}});
  EXPECT_THAT(finding(), testing::HasSubstr("the rule names no token"));
}

}  // namespace
}  // namespace tensormerge
