#include <tensormerge/config/schema/finding.hpp>

#include <array>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

TEST(finding, an_expectation_replaces_what_is_expected_of_the_value_itself) {
  const node list = load_yaml("[a]", "f.yml");
  const value_path root;
  findings found;
  {
    const expectation said(found, root, "a list of numbers");
    report(list, root, "wrong", "something", found);
    report(list.items[0], value_path(root, 0), "wrong", "a number", found);
  }
  EXPECT_EQ(found[0].what.expected, "a list of numbers");
  EXPECT_EQ(found[1].what.expected, "a number");
}

TEST(finding, a_hint_for_a_word_comes_before_the_nearest_name) {
  constexpr std::array<word_hint, 1> hints{word_hint{"fp32", "did you mean `float32`?"}};
  constexpr std::array<std::string_view, 1> known{"bfloat16"};
  EXPECT_EQ(hint_for("fp32", hints, known), "did you mean `float32`?");
  EXPECT_EQ(hint_for("bflat16", hints, known), "did you mean `bfloat16`?");
  EXPECT_EQ(hint_for("unlike", hints, known), "");
}

TEST(finding, values_are_shown_short) {
  EXPECT_EQ(show(load_yaml("abc", "f.yml")), "`abc`");
  EXPECT_EQ(show(load_yaml("[]", "f.yml")), "a list");
  EXPECT_LT(show(load_yaml(std::string(1000, 'a'), "f.yml")).size(), 70U);
}

TEST(finding, a_forbidden_value_is_reported_at_its_key) {
  const node mapping = load_yaml("a:\n  - 1\n", "f.yml");
  const value_path root;
  findings found;
  check_never(mapping.entries[0].value, value_path(root, mapping.entries[0]), found);
  EXPECT_EQ(found.at(0).what.at, (text_position{1, 1}));
}

}  // namespace
}  // namespace tensormerge::schema
