#include <tensormerge/config/schema/check_union.hpp>

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/config/schema/check_list.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

using ::testing::ElementsAre;

void number_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, number_kind, found)) return;
  check_minimum(value, path, 0, found);
}
void integer_rule(const node& value, const value_path& path, findings& found) {
  check_kind(value, path, integer_kind, found);
}
void numbers_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, list_kind, found)) return;
  check_items(value, path, {}, number_rule, found);
}
void lists_rule(const node& value, const value_path& path, findings& found) {
  if (!check_kind(value, path, list_kind, found)) return;
  check_items(value, path, {}, numbers_rule, found);
}
constexpr std::array<check, 3> forms{number_rule, numbers_rule, lists_rule};

template <class Rule>
std::vector<std::string> said(const std::string& yaml, Rule rule) {
  const node value = load_yaml(yaml, "f.yml");
  findings found;
  rule(value, value_path(), found);
  std::vector<std::string> lines;
  for (const finding& each : found) lines.push_back(to_string(each.what));
  return lines;
}

void any_rule(const node& value, const value_path& path, findings& found) {
  check_any_of(value, path, forms, "", found);
}

TEST(check_union, one_form_is_enough) {
  for (const char* fine : {"1", "[1, 2]", "[[1], [2]]"}) {
    EXPECT_THAT(said(fine, any_rule), ElementsAre());
  }
}

TEST(check_union, the_form_of_the_values_kind_is_meant) {
  EXPECT_THAT(said("-1", any_rule),
              ElementsAre("error: out of range, expected at least 0, found `-1`"));
}

TEST(check_union, of_several_forms_the_one_that_got_deepest_is_meant) {
  EXPECT_THAT(said("[[1, b]]", any_rule),
              ElementsAre("error: [0][1]: wrong type, expected a number, found `b`"));
}

TEST(check_union, no_form_of_the_values_kind_names_all_kinds) {
  EXPECT_THAT(said("{a: 1}", any_rule),
              ElementsAre("error: wrong type, expected a number or a list, found a mapping"));
}

TEST(check_union, words_replace_what_the_forms_say_at_the_value_itself) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_any_of(value, path, forms, "a number or a gradient", found);
  };
  EXPECT_THAT(said("abc", rule), ElementsAre("error: wrong type, expected a number or a gradient, "
                                             "found `abc`"));
  EXPECT_THAT(said("[a]", rule),
              ElementsAre("error: [0]: wrong type, expected a number, found `a`"));
}

TEST(check_union, exactly_one_form_may_fit) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    static constexpr std::array<check, 2> two{number_rule, integer_rule};
    check_one_of(value, path, two, "", found);
  };
  EXPECT_THAT(said("0.5", rule), ElementsAre());
  EXPECT_THAT(said("-1", rule), ElementsAre());
  EXPECT_THAT(said("1", rule),
              ElementsAre("error: fits 2 forms that exclude each other, found `1`"));
  EXPECT_EQ(said("a", rule).size(), 1U);
}

TEST(check_union, not_and_if) {
  const auto no_number = [](const node& value, const value_path& path, findings& found) {
    check_not(value, path, number_rule, found);
  };
  EXPECT_THAT(said("a", no_number), ElementsAre());
  EXPECT_EQ(said("1", no_number).size(), 1U);
  const auto lists_of_numbers = [](const node& value, const value_path& path, findings& found) {
    check_if(value, path, integer_rule, nullptr, numbers_rule, found);
  };
  EXPECT_THAT(said("1", lists_of_numbers), ElementsAre());
  EXPECT_THAT(said("[1]", lists_of_numbers), ElementsAre());
  EXPECT_EQ(said("a", lists_of_numbers).size(), 1U);
}

}  // namespace
}  // namespace tensormerge::schema
