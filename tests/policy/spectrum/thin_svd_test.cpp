#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/thin_svd.hpp>

#include "lent_memory.hpp"
#include "some_matrix.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

/// A decomposition of a matrix, with memory for just that.
struct svd_of : lent_memory {
  explicit svd_of(const matrix& given)
      : lent_memory(thin_svd::scratch_bytes(longer(given), shorter(given))),
        svd(longer(given), shorter(given), memory) {
    svd.decompose(given);
  }
  static Eigen::Index longer(const matrix& given) { return std::max(given.rows(), given.cols()); }
  static Eigen::Index shorter(const matrix& given) { return std::min(given.rows(), given.cols()); }

  thin_svd svd;
};

matrix nearest_orthogonal_to(const matrix& given) {
  svd_of room(given);
  matrix out(given.rows(), given.cols());
  nearest_orthogonal(given, room.svd, out);
  return out;
}

/// Expects a decomposition of all that the matrix has.
void expect_sound(const matrix& given, const thin_svd& svd) {
  const matrix left = svd.left(), right = svd.right();
  EXPECT_TRUE((left * svd.values().asDiagonal() * right.transpose()).isApprox(given, 1e-13));
  EXPECT_TRUE((left.transpose() * left).isIdentity(1e-13));
  EXPECT_TRUE((right.transpose() * right).isIdentity(1e-13));
  for (Eigen::Index i = 0; i < svd.values().size(); ++i) {
    EXPECT_GT(svd.values()(i), 0);
    EXPECT_GE(svd.values()(std::max<Eigen::Index>(i, 1) - 1), svd.values()(i));
  }
}

TEST(decompose, gives_the_matrix_back) {
  for (const matrix& given : {some_matrix(5, 3), some_matrix(3, 5), some_matrix(40, 40),
                              some_matrix(1, 4), some_matrix(4, 1), some_matrix(1, 1),
                              some_matrix(33, 33), some_matrix(70, 65), some_matrix(64, 100)}) {
    expect_sound(given, svd_of(given).svd);
  }
}

TEST(decompose, finds_the_values_of_a_matrix_that_is_known) {
  // The eigenvalues of the second difference are 4 sin^2(k pi / (2 n + 2)).
  constexpr Eigen::Index n = 50;
  matrix given = 2 * matrix::Identity(n, n);
  given.diagonal(1).setConstant(-1);
  given.diagonal(-1).setConstant(-1);
  const svd_of found(given);
  ASSERT_EQ(found.svd.values().size(), n);
  for (Eigen::Index k = 1; k <= n; ++k) {
    const double sine = std::sin(static_cast<double>(k) * std::numbers::pi / (2.0 * n + 2));
    EXPECT_NEAR(found.svd.values()(n - k), 4 * sine * sine, 1e-14);
  }
}

TEST(decompose, takes_values_of_all_sizes_from_either_end) {
  const matrix turned = svd_of(some_matrix(40, 40)).svd.left();
  const matrix other = svd_of(some_matrix(40, 40)).svd.right();
  const Eigen::VectorXd falling =
      Eigen::VectorXd::NullaryExpr(40, [](Eigen::Index i) { return std::pow(2.0, -i); });
  for (const Eigen::VectorXd& values : {falling, Eigen::VectorXd(falling.reverse())}) {
    const matrix given = turned * values.asDiagonal() * other.transpose();
    const svd_of found(given);
    expect_sound(given, found.svd);
    EXPECT_TRUE(found.svd.values().isApprox(falling, 1e-14));
    const matrix graded = matrix(values.asDiagonal()) * turned;
    expect_sound(graded, svd_of(graded).svd);
  }
}

TEST(decompose, takes_equal_values) {
  const matrix orthogonal = svd_of(some_matrix(40, 40)).svd.left();
  const svd_of found(orthogonal);
  expect_sound(orthogonal, found.svd);
  EXPECT_TRUE(found.svd.values().isOnes(1e-14));
}

TEST(decompose, neither_overflows_nor_underflows) {
  for (const double scale : {1e300, 1e-300}) {
    const matrix given = scale * some_matrix(20, 12);
    const matrix normal = given / scale;
    const svd_of found(given), expected(normal);
    EXPECT_TRUE((found.svd.values() / scale).isApprox(expected.svd.values(), 1e-13));
    EXPECT_TRUE(found.svd.left().allFinite());
  }
}

TEST(decompose, leaves_out_directions_that_the_matrix_lacks) {
  const matrix low = some_matrix(6, 2) * some_matrix(2, 5);
  const matrix larger = some_matrix(80, 7) * some_matrix(7, 60);
  EXPECT_EQ(svd_of(low).svd.values().size(), 2);
  EXPECT_EQ(svd_of(larger).svd.values().size(), 7);
  EXPECT_EQ(svd_of(matrix::Zero(3, 3)).svd.values().size(), 0);
  expect_sound(low, svd_of(low).svd);
  expect_sound(larger, svd_of(larger).svd);
}

TEST(decompose, takes_zeros_anywhere) {
  for (const Eigen::Index zero : {0, 7, 39}) {
    matrix given = some_matrix(40, 40);
    given.row(zero).setZero();
    given.col(zero / 2).setZero();
    const svd_of found(given);
    expect_sound(given, found.svd);
    EXPECT_EQ(found.svd.values().size(), 39);
    matrix triangle = matrix::Zero(40, 40);
    triangle.diagonal().setOnes();
    triangle.diagonal(1).setOnes();
    triangle(zero, zero) = 0;
    expect_sound(triangle, svd_of(triangle).svd);
  }
}

TEST(decompose, takes_matrices_without_elements) {
  const svd_of found(matrix(0, 3));
  EXPECT_EQ(found.svd.left().rows(), 0);
  EXPECT_EQ(found.svd.right().rows(), 3);
  EXPECT_EQ(found.svd.right().cols(), 0);
}

TEST(decompose, uses_its_memory_for_smaller_matrices_too) {
  svd_of room(some_matrix(70, 40));
  for (const matrix& given : {some_matrix(5, 40), some_matrix(70, 3), some_matrix(40, 40)}) {
    room.svd.decompose(given);
    expect_sound(given, room.svd);
    EXPECT_EQ(matrix(room.svd.left()), matrix(svd_of(given).svd.left()));
  }
}

TEST(decompose, makes_everything_nan_by_one_element_that_is_not_finite) {
  for (const double bad : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    matrix given = some_matrix(4, 3);
    given(2, 1) = bad;
    const svd_of found(given);
    EXPECT_TRUE(found.svd.left().array().isNaN().all());
    EXPECT_TRUE(found.svd.values().array().isNaN().all());
    EXPECT_TRUE(found.svd.right().array().isNaN().all());
  }
}

TEST(compose, gives_other_strengths_to_the_directions) {
  for (const matrix& given : {some_matrix(5, 3), some_matrix(3, 5)}) {
    svd_of found(given);
    const Eigen::Vector3d strengths(3, 1, 2);
    const matrix expected =
        found.svd.left() * strengths.asDiagonal() * found.svd.right().transpose();
    matrix out(given.rows(), given.cols());
    found.svd.compose(strengths, out);
    EXPECT_TRUE(out.isApprox(expected, 1e-14));
  }
}

TEST(nearest_orthogonal, gives_an_orthogonal_matrix_back) {
  const matrix orthogonal = svd_of(some_matrix(4, 4)).svd.left();
  EXPECT_TRUE(nearest_orthogonal_to(orthogonal).isApprox(orthogonal, 1e-13));
}

TEST(nearest_orthogonal, ignores_lengths_along_the_axes) {
  const matrix given = Eigen::Vector3d(3, -0.01, 2).asDiagonal();
  const matrix expected = Eigen::Vector3d(1, -1, 1).asDiagonal();
  EXPECT_TRUE(nearest_orthogonal_to(given).isApprox(expected, 1e-13));
}

TEST(nearest_orthogonal, shares_a_direction_among_equal_columns) {
  matrix given(2, 2);
  given << 1, 1, 0, 0;
  matrix expected(2, 2);
  expected << std::sqrt(0.5), std::sqrt(0.5), 0, 0;
  EXPECT_TRUE(nearest_orthogonal_to(given).isApprox(expected, 1e-13));
}

}  // namespace
}  // namespace tensormerge
