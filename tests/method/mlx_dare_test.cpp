#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/mlx_dare.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<mlx_dare, float> pruned(double t, double density, const numbers& base,
                                   const numbers& other) {
  merge_case<mlx_dare, float> given({base.size()}, {other}, base);
  given.shared.t = t;
  given.shared.density = density;
  return given;
}

TEST(mlx_dare, keeps_what_reaches_the_quantile_and_scales_it_to_the_norm_of_all) {
  // |x| = 1 2 3 4 5; the 0.6-quantile lies at place 2.4, between 3 and 4.
  expect_values(merge_at_once(pruned(0, 0.4, {1, -2, 3, -4, 5}, numbers(5, 9))),
                {0, 0, 0, -4 * 15 / (9 + 1e-10), 5 * 15 / (9 + 1e-10)});
}

TEST(mlx_dare, keeps_the_element_on_which_the_quantile_falls) {
  // The 0.5-quantile is the third of five.
  expect_values(merge_at_once(pruned(0, 0.5, {1, -2, 3, -4, 5}, numbers(5, 9))),
                {0, 0, 3 * 15 / (12 + 1e-10), -4 * 15 / (12 + 1e-10), 5 * 15 / (12 + 1e-10)});
}

TEST(mlx_dare, keeps_all_that_equal_the_quantile) {
  expect_values(merge_at_once(pruned(0.5, 0.25, {1, 1, 1, 0}, {3, 3, 3, 0})), {2, 2, 2, 0});
}

TEST(mlx_dare, keeps_all_at_1_and_the_largest_at_0) {
  expect_values(merge_at_once(pruned(0.5, 1, {1, -2}, {1, -2})), {1, -2});
  expect_values(merge_at_once(pruned(0, 0, {1, -3}, {0, 0})), {0, -4});
}

TEST(mlx_dare, gives_zeros_for_zeros) {
  expect_values(merge_at_once(pruned(0.5, 0.4, {0, 0}, {0, 0})), {0, 0});
}

}  // namespace
}  // namespace tensormerge
