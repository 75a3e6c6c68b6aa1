#include <tensormerge/config/schema/check_list.hpp>

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

using ::testing::ElementsAre;

void number_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, number_kind, found);
}
void text_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, text_kind, found);
}

template <class Rule>
std::vector<std::string> said(const std::string& yaml, Rule rule) {
  const node value = load_yaml(yaml, "f.yml");
  findings found;
  rule(value, value_path(), found);
  std::vector<std::string> lines;
  for (const finding& each : found) {
    lines.push_back(std::to_string(each.what.at.column) + ' ' + each.what.path + ' ' +
                    each.what.what);
  }
  return lines;
}

TEST(check_list, first_items_have_rules_of_their_own) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    static constexpr std::array<check, 1> first{text_rule};
    check_items(value, path, first, number_rule, found);
  };
  EXPECT_THAT(said("[a, 1, 2]", rule), ElementsAre());
  EXPECT_THAT(said("[1, b, 2]", rule), ElementsAre("2 [0] wrong type", "5 [1] wrong type"));
  EXPECT_THAT(said("text", rule), ElementsAre());
}

TEST(check_list, a_wrong_number_of_items_is_reported_at_the_first_too_many) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_item_count(value, path, 1, 2, found);
  };
  EXPECT_THAT(said("[1]", rule), ElementsAre());
  EXPECT_THAT(said("[]", rule), ElementsAre("1  too few items"));
  EXPECT_THAT(said("[1, 2, 3]", rule), ElementsAre("8  too many items"));
}

TEST(check_list, items_may_have_to_differ) {
  EXPECT_THAT(said("[1, 'x', 1.0]", check_unique), ElementsAre("10 [2] repeated item"));
  EXPECT_THAT(said("[1, true]", check_unique), ElementsAre());
}

TEST(check_list, one_item_may_have_to_obey) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_contains(value, path, text_rule, found);
  };
  EXPECT_THAT(said("[1, a]", rule), ElementsAre());
  EXPECT_THAT(said("[1, 2]", rule), ElementsAre("1  an item is missing"));
}

}  // namespace
}  // namespace tensormerge::schema
