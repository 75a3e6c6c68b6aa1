#include <tensormerge/config/schema/check_value.hpp>

#include <array>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

/// What `rule` says about a value, without the place; empty where it says nothing.
template <class Rule>
std::string said(const std::string& yaml, Rule rule) {
  const node value = load_yaml(yaml, "f.yml");
  findings found;
  rule(value, value_path(), found);
  return found.empty() ? std::string() : to_string(found[0].what);
}

std::string kind(const std::string& yaml, std::uint8_t kinds) {
  return said(yaml, [&](const node& value, const value_path& path, findings& found) {
    check_kind(value, path, kinds, found);
  });
}

TEST(check_value, whole_numbers_are_integers) {
  EXPECT_EQ(kind("1", integer_kind), "");
  EXPECT_EQ(kind("1.0", integer_kind), "");
  EXPECT_EQ(kind("1", number_kind), "");
  EXPECT_EQ(kind("1.5", integer_kind),
            "error: wrong type, expected an integer, found `1.5`");
}

TEST(check_value, numbers_are_finite) {
  EXPECT_EQ(kind(".nan", number_kind),
            "error: wrong type, expected a finite number, found `.nan`");
  EXPECT_NE(kind("1e999", number_kind | list_kind), "");
}

TEST(check_value, kinds_are_named_and_text_without_quotes_is_advised_on) {
  EXPECT_EQ(kind("[]", mapping_kind | null_kind),
            "error: wrong type, expected a mapping or null, found a list");
  EXPECT_EQ(kind("yes", text_kind),
            "error: wrong type, expected text, found `yes`; quote it if text is meant");
  EXPECT_EQ(kind("null", text_kind), "error: wrong type, expected text, found null");
}

TEST(check_value, what_is_text_for_yaml_1_1_alone_is_text_and_number) {
  for (const char* both : {"1e5", "2.5e3", "-.5"}) {
    EXPECT_EQ(kind(both, text_kind), "") << both;
    EXPECT_EQ(kind(both, number_kind), "") << both;
  }
  for (const char* number : {"1.0e-5", "0.5", "-1.5"}) EXPECT_NE(kind(number, text_kind), "");
}

TEST(check_value, one_of_some_values_or_the_nearest) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    static constexpr std::array<std::string_view, 2> values{"\"slerp\"", "\"ties\""};
    static constexpr std::array<std::string_view, 2> words{"slerp", "ties"};
    check_values(value, path, values, words, {}, found);
  };
  EXPECT_EQ(said("ties", rule), "");
  EXPECT_EQ(said("Slerp", rule), "error: wrong value, expected one of slerp, ties, found `Slerp`; "
                                 "did you mean `slerp`?");
  EXPECT_NE(said("[ties]", rule), "");
}

TEST(check_value, ranges_are_for_numbers_alone) {
  const auto between = [](const node& value, const value_path& path, findings& found) {
    check_minimum(value, path, 0, found);
    check_maximum(value, path, 1, found);
  };
  for (const char* fine : {"0", "1", "0.5", "abc", "[7]"}) EXPECT_EQ(said(fine, between), "");
  EXPECT_EQ(said("-1", between), "error: out of range, expected at least 0, found `-1`");
  EXPECT_EQ(said("1.5", between), "error: out of range, expected at most 1, found `1.5`");
  const auto inside = [](const node& value, const value_path& path, findings& found) {
    check_exclusive_minimum(value, path, 0, found);
    check_exclusive_maximum(value, path, 1, found);
  };
  EXPECT_EQ(said("0.5", inside), "");
  EXPECT_EQ(said("0", inside), "error: out of range, expected more than 0, found `0`");
  EXPECT_EQ(said("1", inside), "error: out of range, expected less than 1, found `1`");
}

TEST(check_value, multiples_allow_for_what_doubles_cannot_hold) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_multiple(value, path, 0.01, found);
  };
  EXPECT_EQ(said("4.02", rule), "");
  EXPECT_EQ(said("0.0075", rule),
            "error: wrong value, expected a multiple of 0.01, found `0.0075`");
}

TEST(check_value, length_counts_characters) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    check_length(value, path, 2, 3, found);
  };
  EXPECT_EQ(said("\xC3\xA4\xC3\xB6\xC3\xBC", rule), "");
  EXPECT_EQ(said("a", rule), "error: too short, expected at least 2 characters, found `a`");
  EXPECT_EQ(said("abcd", rule), "error: too long, expected at most 3 characters, found `abcd`");
}

TEST(check_value, patterns_are_for_text_alone) {
  const auto rule = [](const node& value, const value_path& path, findings& found) {
    static const text_pattern pattern("^a");
    check_pattern(value, path, pattern, found);
  };
  EXPECT_EQ(said("abc", rule), "");
  EXPECT_EQ(said("5", rule), "");
  EXPECT_EQ(said("b", rule), "error: wrong text, expected text that matches ^a, found `b`");
}

}  // namespace
}  // namespace tensormerge::schema
