#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/multislerp.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<multislerp, float> weighted(std::vector<numbers> inputs, numbers weights,
                                       numbers base = {}) {
  const std::uint64_t elements = inputs.front().size();
  merge_case<multislerp, float> given({elements}, std::move(inputs), base);
  return given.set(&multislerp_input_parameters::weight, weights);
}

TEST(multislerp, gives_the_mean_direction_the_mean_norm) {
  // Directions (1,0) and (0,1), norms 2 and 4.
  const double x = 3 * std::numbers::sqrt2 / 2;
  expect_near(merge_at_once(weighted({{2, 0}, {0, 4}}, {1, 1})), {x, x});
}

TEST(multislerp, leaves_weights_as_they_are_without_normalize_weights) {
  merge_case<multislerp, float> given = weighted({{2, 0}, {0, 4}}, {1, 1});
  given.shared.normalize_weights = false;
  const double x = 6 * std::numbers::sqrt2 / 2;
  expect_near(merge_at_once(given), {x, x});
}

TEST(multislerp, shortens_the_result_by_the_cosine_of_eps) {
  merge_case<multislerp, float> given = weighted({{2, 0}, {2, 0}}, {1, 1});
  given.shared.eps = 0.5;
  expect_near(merge_at_once(given), {2 * std::cos(0.5), 0});
}

TEST(multislerp, works_on_differences_from_the_base) {
  const double x = std::numbers::sqrt2 / 2;
  expect_near(merge_at_once(weighted({{2, 5}, {1, 6}}, {1, 1}, {1, 5})), {1 + x, 5 + x});
}

TEST(multislerp, gives_a_single_input_back_whatever_its_weight_and_the_base) {
  const numbers only{0.1, -7, 3};
  expect_near(merge_at_once(weighted({only}, {0}, {1, 1, 1})), only);
  EXPECT_TRUE(multislerp::copies({.weight = 0}));
}

TEST(multislerp, mixes_two_opposite_inputs_straight) {
  expect_near(merge_at_once(weighted({{1, 2}, {-3, -6}}, {1, 1})), {-1, -2});
}

TEST(multislerp, gives_the_base_for_two_inputs_equal_to_it) {
  const numbers base{3, -4};
  expect_near(merge_at_once(weighted({base, base}, {1, 2}, base)), base);
}

TEST(multislerp, leaves_out_an_input_equal_to_the_base) {
  // Its direction is zero, its norm counts in the mean.
  expect_near(merge_at_once(weighted({{1, 1}, {1, 3}}, {1, 1}, {1, 1})), {1, 2});
}

TEST(multislerp, reports_three_inputs_equal_to_the_base) {
  const numbers base{3, -4};
  const merge_outcome<float> outcome =
      merge_at_once(weighted({base, base, base}, {1, 1, 1}, base));
  EXPECT_NE(outcome.problem.find("cancel out"), std::string::npos) << outcome.problem;
}

TEST(multislerp, reports_three_directions_that_cancel_out) {
  const merge_outcome<float> outcome =
      merge_at_once(weighted({{0.1, 0.7}, {-0.3, -2.1}, {0.2, 1.4}}, {1, 2, 1}));
  EXPECT_NE(outcome.problem.find("cancel out"), std::string::npos) << outcome.problem;
}

TEST(multislerp, reports_weights_that_sum_to_zero_only_where_they_are_normalised) {
  merge_case<multislerp, float> given = weighted({{1, 0}, {0, 1}}, {1, -1});
  EXPECT_NE(merge_at_once(given).problem.find("sum to zero"), std::string::npos);
  given.shared.normalize_weights = false;
  EXPECT_EQ(merge_at_once(given).problem, "");
}

TEST(multislerp, writes_nothing_where_it_reports_a_problem) {
  const merge_outcome<float> outcome = merge_at_once(weighted({{1, 0}, {0, 1}}, {1, -1}));
  EXPECT_EQ(outcome.values, (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace tensormerge
