#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/mlx_slerp.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<mlx_slerp, float> arc_at(double t, const numbers& base, const numbers& other) {
  merge_case<mlx_slerp, float> given({base.size()}, {other}, base);
  given.shared.t = t;
  return given;
}

TEST(mlx_slerp, gives_either_end_back) {
  expect_values(merge_at_once(arc_at(0, {1, 2}, {3, -1})), {1, 2});
  expect_values(merge_at_once(arc_at(1, {1, 2}, {3, -1})), {3, -1});
}

TEST(mlx_slerp, follows_the_arc_with_its_constant_in_the_denominator) {
  const double half = std::acos(0.0) / 2;
  const double coefficient = std::sin(half) / std::sin(2 * half + 1e-5);
  expect_values(merge_at_once(arc_at(0.5, {1, 0}, {0, 1})), {coefficient, coefficient});
}

TEST(mlx_slerp, takes_obtuse_angles_for_right_ones) {
  const double half = std::acos(0.0) / 2;
  const double coefficient = std::sin(half) / std::sin(2 * half + 1e-5);
  expect_values(merge_at_once(arc_at(0.5, {1, 0}, {-1, 0})), {0, 0});
  expect_values(merge_at_once(arc_at(0.5, {1, 0}, {-1, 1})), {0, coefficient});
}

TEST(mlx_slerp, interpolates_parallel_tensors_linearly) {
  expect_values(merge_at_once(arc_at(0.25, {1, 2}, {2, 4})), {1.25, 2.5});
}

}  // namespace
}  // namespace tensormerge
