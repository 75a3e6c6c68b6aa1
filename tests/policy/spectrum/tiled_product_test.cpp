#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/tiled_product.hpp>

#include "some_matrix.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

TEST(tiled_product, is_that_of_the_whole_matrices) {
  constexpr Eigen::Index extents[][3] = {{1, 1, 1}, {3, 200, 1}, {97, 96, 95}, {2, 3, 250}};
  for (const auto& [rows, columns, depth] : extents) {
    const matrix left = some_matrix(rows, depth), right = some_matrix(depth, columns);
    const matrix other = some_matrix(columns, depth);
    const matrix before = matrix::Constant(rows, columns, 2);
    matrix sum = before, difference = before;
    add_product(sum, left, right);
    subtract_product(difference, left, other.transpose());
    EXPECT_TRUE(sum.isApprox(before + left * right, 1e-13));
    EXPECT_TRUE(difference.isApprox(before - left * other.transpose(), 1e-13));
  }
}

TEST(tiled_product, of_nothing_is_nothing) {
  matrix sum = matrix::Ones(2, 3), none(0, 3);
  add_product(sum, matrix(2, 0), matrix(0, 3));
  add_product(none, matrix(0, 2), matrix(2, 3));
  EXPECT_EQ(sum, matrix::Ones(2, 3));
}

TEST(tiled_product, is_written_into_a_part_of_a_matrix) {
  const matrix left = some_matrix(2, 4), right = some_matrix(4, 3);
  matrix whole = matrix::Zero(5, 5), expected = whole;
  add_product(whole.block(1, 2, 2, 3), left, right);
  expected.block(1, 2, 2, 3) = left * right;
  EXPECT_TRUE(whole.isApprox(expected, 1e-14));
}

}  // namespace
}  // namespace tensormerge
