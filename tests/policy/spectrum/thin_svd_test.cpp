#include <cmath>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/thin_svd.hpp>

#include "decomposition/compiled_once.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

/// A matrix without structure.
matrix some(Eigen::Index rows, Eigen::Index columns) {
  return matrix::NullaryExpr(rows, columns, [](Eigen::Index i, Eigen::Index j) {
    return std::sin(static_cast<double>(7 * i + 3 * j * j + i * j));
  });
}

TEST(decompose, gives_the_matrix_back) {
  for (const matrix& given : {some(5, 3), some(3, 5), some(40, 40), some(1, 4), some(4, 1)}) {
    const thin_svd svd = decompose(given);
    const matrix back = svd.left * svd.values.asDiagonal() * svd.right.transpose();
    EXPECT_TRUE(back.isApprox(given, 1e-13));
    EXPECT_TRUE((svd.left.transpose() * svd.left).isIdentity(1e-13));
    EXPECT_TRUE((svd.right.transpose() * svd.right).isIdentity(1e-13));
  }
}

TEST(decompose, leaves_out_directions_that_the_matrix_lacks) {
  const matrix low = some(6, 2) * some(2, 5);
  EXPECT_EQ(decompose(low).values.size(), 2);
  EXPECT_EQ(decompose(matrix::Zero(3, 3)).values.size(), 0);
}

TEST(decompose, takes_matrices_without_elements) {
  const thin_svd svd = decompose(matrix(0, 3));
  EXPECT_EQ(svd.left.rows(), 0);
  EXPECT_EQ(svd.right.rows(), 3);
  EXPECT_EQ(svd.right.cols(), 0);
}

TEST(nearest_orthogonal, gives_an_orthogonal_matrix_back) {
  const matrix orthogonal = decompose(some(4, 4)).left;
  EXPECT_TRUE(nearest_orthogonal(orthogonal).isApprox(orthogonal, 1e-13));
}

TEST(nearest_orthogonal, ignores_lengths_along_the_axes) {
  const matrix given = Eigen::Vector3d(3, -0.01, 2).asDiagonal();
  const matrix expected = Eigen::Vector3d(1, -1, 1).asDiagonal();
  EXPECT_TRUE(nearest_orthogonal(given).isApprox(expected, 1e-13));
}

TEST(nearest_orthogonal, shares_a_direction_among_equal_columns) {
  matrix given(2, 2);
  given << 1, 1, 0, 0;
  matrix expected(2, 2);
  expected << std::sqrt(0.5), std::sqrt(0.5), 0, 0;
  EXPECT_TRUE(nearest_orthogonal(given).isApprox(expected, 1e-13));
}

}  // namespace
}  // namespace tensormerge
