#include <tensormerge/config/setting.hpp>

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/config/read_values.hpp>
#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge {
namespace {

setting read(const std::string& yaml) {
  const node document = load_yaml("weight: " + yaml, "c.yml");
  setting result;
  const value_path root;
  read_value(document.entries.at(0).value, result, value_path(root, document.entries[0]));
  return result;
}

std::optional<double> evaluate(const setting& value, std::string_view tensor, double t,
                               parameter_kind kind = parameter_kind::number) {
  const auto found = value.evaluate(tensor, t, kind);
  return found ? std::optional(found->number) : std::nullopt;
}

TEST(setting, a_scalar_is_the_same_for_all_tensors) {
  EXPECT_EQ(evaluate(read("0.3"), "model.norm.weight", 0.7), 0.3);
  EXPECT_FALSE(read("0.3").is_conditional());
}

TEST(setting, a_gradient_is_linear_between_its_values) {
  const setting gradient = read("[0, 0.5, 1.5]");
  EXPECT_EQ(evaluate(gradient, "x", 0), 0);
  EXPECT_EQ(evaluate(gradient, "x", 0.25), 0.25);
  EXPECT_EQ(evaluate(gradient, "x", 0.75), 1.0);
  EXPECT_EQ(evaluate(gradient, "x", 1), 1.5);
  EXPECT_EQ(evaluate(read("[0.4]"), "x", 0.5), 0.4);
  EXPECT_TRUE(gradient.branches().at(0).is_gradient);
}

TEST(setting, a_gradient_of_booleans_takes_the_item_at_or_before_t) {
  const setting gradient = read("[true, false, yes]");
  EXPECT_EQ(evaluate(gradient, "x", 0.49, parameter_kind::boolean), 1);
  EXPECT_EQ(evaluate(gradient, "x", 0.5, parameter_kind::boolean), 0);
  EXPECT_EQ(evaluate(gradient, "x", 1, parameter_kind::boolean), 1);
}

TEST(setting, an_integer_between_two_gradient_values_must_be_whole) {
  const setting gradient = read("[10, 20]");
  EXPECT_EQ(evaluate(gradient, "x", 0.5, parameter_kind::integer), 15);
  EXPECT_THROW(gradient.evaluate("x", 0.25 / 2, parameter_kind::integer), failure);
}

TEST(setting, the_first_filter_that_is_part_of_the_name_counts) {
  const setting value = read("[{filter: mlp, value: 1}, {filter: self_attn, value: [0, 1]}, "
                             "{value: 0.5}, {filter: mlp, value: 9}]");
  EXPECT_EQ(evaluate(value, "model.layers.0.mlp.up_proj.weight", 0), 1);
  EXPECT_EQ(evaluate(value, "model.layers.0.self_attn.q_proj.weight", 0.5), 0.5);
  EXPECT_EQ(evaluate(value, "model.norm.weight", 0), 0.5);
  EXPECT_TRUE(value.is_conditional());
}

TEST(setting, a_star_or_null_matches_all_and_patterns_match_nothing) {
  EXPECT_EQ(evaluate(read("[{filter: '*', value: 1}]"), "x", 0), 1);
  EXPECT_EQ(evaluate(read("{filter: null, value: 1}"), "x", 0), 1);
  EXPECT_EQ(evaluate(read("[{filter: '.*mlp.*', value: 1}]"), "a.mlp.b", 0), std::nullopt);
}

TEST(setting, an_empty_list_and_no_match_are_missing) {
  EXPECT_EQ(evaluate(read("[]"), "x", 0), std::nullopt);
  EXPECT_EQ(evaluate(read("[{filter: mlp, value: 1}]"), "x", 0), std::nullopt);
  EXPECT_EQ(evaluate(setting(), "x", 0), std::nullopt);
}

TEST(setting, a_wrong_value_is_reported_with_its_path_and_its_own_place) {
  try {
    read("[0.5, abc]").evaluate("x", 1, parameter_kind::number);
    FAIL();
  } catch (const failure& error) {
    EXPECT_STREQ(error.what(),
                 "error: weight: wrong value, expected a finite number, found `abc`");
    EXPECT_EQ(error.findings().at(0).at, (text_position{1, 15}));
  }
}

TEST(setting, a_result_tells_where_it_was_written) {
  const auto found = read("[{filter: mlp, value: 1}, {value: 0.5}]")
                         .evaluate("norm", 0, parameter_kind::number);
  EXPECT_EQ(found.value().at, (text_position{1, 43}));
}

}  // namespace
}  // namespace tensormerge
