#include <cmath>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/isotropic_sum.hpp>

#include "some_matrix.hpp"
#include "spectrum_case.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

TEST(isotropic_sum, has_equal_values_that_add_up_to_those_of_the_sum) {
  const matrix first = some_matrix(30, 20), second = some_matrix(20, 30).transpose();
  spectrum_case given({first, second}, {2, 1}, isotropic_sum::directions(30, 20, 2));
  isotropic_sum::merge(given.tasks(), given.room);
  const matrix square = given.room.merged.transpose() * given.room.merged;
  const matrix overlap = given.room.merged.transpose() * (2 * first + second);
  const double strength = std::sqrt(square(0, 0));
  EXPECT_TRUE(square.isApprox(strength * strength * matrix::Identity(20, 20), 1e-12));
  EXPECT_TRUE(overlap.isApprox(overlap.transpose(), 1e-12)) << "the directions are the sum's";
  EXPECT_NEAR(overlap.trace(), strength * strength * 20, 1e-9) << "and so is the nuclear norm";
}

TEST(isotropic_sum, leaves_directions_empty_that_the_sum_lacks) {
  matrix lone = matrix::Zero(3, 4), expected = lone;
  lone(1, 2) = -6;
  expected(1, 2) = -2;
  spectrum_case given({lone}, {1}, 0);
  isotropic_sum::merge(given.tasks(), given.room);
  EXPECT_TRUE(given.room.merged.isApprox(expected, 1e-14));
}

}  // namespace
}  // namespace tensormerge
