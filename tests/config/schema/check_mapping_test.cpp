#include <tensormerge/config/schema/check_mapping.hpp>

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
void short_rule(const node& value, const value_path& path, findings& found) {
  check_length(value, path, 0, 3, found);
}

template <class Rule>
std::vector<std::string> said(const std::string& yaml, Rule rule) {
  const node value = load_yaml(yaml, "f.yml");
  findings found;
  rule(value, value_path(), found);
  std::vector<std::string> lines;
  for (finding& each : found) {
    each.what.file = "f";
    lines.push_back(to_string(each.what));
  }
  return lines;
}

void closed_rule(const node& value, const value_path& path, findings& found) {
  static constexpr std::array<property_check, 2> properties{property_check{"weight", number_rule},
                                                            property_check{"name", nullptr}};
  static const text_pattern extension("^x-");
  static const std::array<pattern_check, 1> patterns{pattern_check{&extension, number_rule}};
  static constexpr std::array<std::string_view, 1> required{"name"};
  static constexpr std::array<std::string_view, 2> known{"weight", "name"};
  check_mapping(value, path,
                {.properties = properties,
                 .patterns = patterns,
                 .closed = true,
                 .required = required,
                 .known = known},
                found);
}

TEST(check_mapping, keys_are_known_by_name_or_pattern) {
  EXPECT_THAT(said("{name: a, weight: 1, x-b: 2}", closed_rule), ElementsAre());
  EXPECT_THAT(said("{name: a, weihgt: 1}", closed_rule),
              ElementsAre("f:1:11: error: unknown key `weihgt`; did you mean `weight`?"));
  EXPECT_THAT(said("{name: a, x-b: c}", closed_rule),
              ElementsAre("f:1:16: error: x-b: wrong type, expected a number, found `c`"));
}

TEST(check_mapping, a_missing_key_is_reported_at_the_first_key) {
  EXPECT_THAT(said("\n  weight: 1\n", closed_rule),
              ElementsAre("f:2:3: error: missing key `name`; add `name:`"));
}

TEST(check_mapping, other_keys_may_have_a_rule) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_mapping(value, path, {.additional = number_rule}, found);
  };
  EXPECT_THAT(said("{a: 1}", rule), ElementsAre());
  EXPECT_THAT(said("{a: b}", rule),
              ElementsAre("f:1:5: error: a: wrong type, expected a number, found `b`"));
}

TEST(check_mapping, keys_are_counted_and_named_as_asked) {
  const auto count = [](const node& value, const value_path& path, findings& found) {
    check_key_count(value, path, 1, 2, found);
  };
  EXPECT_THAT(said("{}", count), ElementsAre("f:1:1: error: too few keys, expected at least 1, "
                                             "found 0"));
  EXPECT_THAT(said("{a: 1, b: 2, c: 3}", count),
              ElementsAre("f:1:14: error: too many keys, expected at most 2, found 3"));
  const auto names = [](const node& value, const value_path& path, findings& found) {
    check_key_names(value, path, short_rule, found);
  };
  EXPECT_THAT(said("{abc: 1, abcd: 2}", names),
              ElementsAre("f:1:10: error: abcd: too long, expected at most 3 characters, "
                          "found `abcd`"));
}

TEST(check_mapping, a_key_may_need_others_or_a_rule_for_all) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    static constexpr std::array<std::string_view, 1> others{"b"};
    check_dependency(value, path, "a", others, nullptr, found);
    check_dependency(value, path, "c", {}, closed_rule, found);
  };
  EXPECT_THAT(said("{b: 1}", rule), ElementsAre());
  EXPECT_THAT(said("{a: 1}", rule),
              ElementsAre("f:1:2: error: missing key `b`, which `a` needs"));
  EXPECT_EQ(said("{c: 1}", rule).size(), 2U);
}

}  // namespace
}  // namespace tensormerge::schema
