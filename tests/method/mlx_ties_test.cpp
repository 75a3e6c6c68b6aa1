#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/mlx_ties.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<mlx_ties, float> between(double t, const numbers& base, const numbers& other) {
  merge_case<mlx_ties, float> given({base.size()}, {other}, base);
  given.shared.t = t;
  return given;
}

TEST(mlx_ties, takes_the_sign_of_the_larger_and_the_magnitude_of_the_mean) {
  expect_values(merge_at_once(between(0.5, {4, -1, 3}, {-2, 3, 1})), {1, 1, 2});
}

TEST(mlx_ties, takes_the_sign_of_the_base_where_both_are_as_large) {
  expect_values(merge_at_once(between(0.25, {2, -2}, {-2, 2})), {1, -1});
}

TEST(mlx_ties, keeps_the_larger_sign_even_at_the_ends) {
  expect_values(merge_at_once(between(0, {1, 2}, {-3, 1})), {-1, 2});
  expect_values(merge_at_once(between(1, {1, 2}, {-3, 1})), {-3, 1});
}

TEST(mlx_ties, gives_zero_for_zeros) {
  expect_values(merge_at_once(between(0.5, {0}, {0})), {0});
}

TEST(mlx_ties, carries_a_nan_beside_a_zero) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(merge_at_once(between(0.5, {nan}, {0})).values[0]));
  EXPECT_TRUE(std::isnan(merge_at_once(between(0.5, {0}, {nan})).values[0]));
}

}  // namespace
}  // namespace tensormerge
