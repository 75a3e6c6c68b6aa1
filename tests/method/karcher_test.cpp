#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/karcher.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<karcher, float> inputs(std::vector<numbers> values, numbers base = {}) {
  const std::uint64_t elements = values.front().size();
  return {{elements}, std::move(values), base};
}

TEST(karcher, halves_the_angle_between_two_vectors_at_their_mean_norm) {
  const double x = 3 * std::numbers::sqrt2 / 2;
  expect_near(merge_at_once(inputs({{2, 0}, {0, 4}})), {x, x});
}

TEST(karcher, finds_the_mean_angle_of_three_directions_in_a_plane) {
  // On a circle the Riemannian mean is the mean of the angles, here 0, 30 and 90 degrees.
  const double degree = std::numbers::pi / 180;
  const auto at = [&](double angle) {
    return numbers{std::cos(angle * degree), std::sin(angle * degree)};
  };
  merge_case<karcher, float> given = inputs({at(0), at(30), at(90)});
  given.shared = {.max_iter = 50, .tol = 1e-9};
  expect_near(merge_at_once(given), at(40));
}

TEST(karcher, starts_from_the_mean_direction_where_no_steps_are_allowed) {
  merge_case<karcher, float> given = inputs({{1, 0, 0}, {1, 0, 0}, {0, 1, 0}});
  given.shared.max_iter = 0;
  const double root = std::sqrt(5);
  expect_near(merge_at_once(given), {2 / root, 1 / root, 0});
}

TEST(karcher, ignores_a_base) {
  const numbers a{1, 2}, b{2, 1};
  EXPECT_EQ(merge_at_once(inputs({a, b}, {5, 5})).values, merge_at_once(inputs({a, b})).values);
}

TEST(karcher, gives_a_single_input_back) {
  expect_near(merge_at_once(inputs({{0.1, -3}})), {0.1, -3});
}

TEST(karcher, gives_zeros_where_every_norm_is_at_most_tol) {
  merge_case<karcher, float> given = inputs({{0.5, 0}, {0, 0.5}});
  given.shared.tol = 0.5;
  expect_near(merge_at_once(given), {0, 0});
}

TEST(karcher, counts_a_zero_input_in_the_norm_only) {
  expect_near(merge_at_once(inputs({{3, 4}, {0, 0}})), {1.5, 2});
}

TEST(karcher, takes_the_first_of_two_opposite_directions) {
  expect_near(merge_at_once(inputs({{0.3, 0.7}, {-0.3, -0.7}})), {0.3, 0.7});
  expect_near(merge_at_once(inputs({{1, 2}, {-3, -6}})), {2, 4});
}

TEST(karcher, stays_finite_where_tol_is_zero) {
  merge_case<karcher, float> given = inputs({{1, 2}, {1, 2}, {1, 2}});
  given.shared.tol = 0;
  expect_near(merge_at_once(given), {1, 2});
}

TEST(karcher, carries_a_nan_of_any_input_to_every_element) {
  const merge_outcome<float> outcome = merge_at_once(inputs({{1, 2}, {std::nan(""), 2}}));
  EXPECT_TRUE(std::isnan(outcome.values[0]));
  EXPECT_TRUE(std::isnan(outcome.values[1]));
}

}  // namespace
}  // namespace tensormerge
