#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/bidiagonal_values.hpp>

#include "lent_memory.hpp"

namespace tensormerge {
namespace {

using vector = Eigen::VectorXd;
using matrix = Eigen::MatrixXd;

/// Expects a bidiagonal matrix to be taken apart to the last digits of its largest element.
void expect_found(const vector& diagonal, const vector& above) {
  const Eigen::Index n = diagonal.size();
  lent_memory lent(bidiagonal_values::scratch_bytes(n));
  bidiagonal_values finder(n, lent.memory);
  matrix given = matrix::Zero(n, n), left = matrix::Identity(n, n), right = left;
  given.diagonal() = diagonal;
  given.diagonal(1) = above;
  vector d = diagonal, e = above;
  finder.find(d.data(), e.data(), left, right);
  const double tolerance = 1e-14 * std::max(1.0, given.cwiseAbs().maxCoeff());
  EXPECT_TRUE((left.transpose() * left).isIdentity(1e-13));
  EXPECT_TRUE((right.transpose() * right).isIdentity(1e-13));
  EXPECT_TRUE(e.isZero(0));
  EXPECT_LE((left * d.asDiagonal() * right.transpose() - given).norm(), 10 * tolerance);
}

vector some(Eigen::Index n) {
  return vector::NullaryExpr(n, [](Eigen::Index i) {
    return std::sin(static_cast<double>(i * i + 1));
  });
}

TEST(bidiagonal_values, diagonalise) {
  for (const Eigen::Index n : {1, 2, 3, 10, 80}) expect_found(some(n), some(2 * n).tail(n - 1));
}

TEST(bidiagonal_values, take_diagonals_that_rise_or_fall_by_far) {
  const vector fall = vector::NullaryExpr(30, [](Eigen::Index i) { return std::pow(10., -i); });
  expect_found(fall, fall.tail(29));
  expect_found(fall.reverse(), fall.reverse().tail(29));
  expect_found(fall, vector::Ones(29));
}

TEST(bidiagonal_values, take_zeros_anywhere) {
  for (const Eigen::Index zero : {0, 5, 9}) {
    vector d = vector::Ones(10);
    d(zero) = 0;
    expect_found(d, vector::Ones(9));
    expect_found(d, vector::Zero(9));
    expect_found(vector::Zero(10), some(9));
  }
  expect_found(vector::Zero(10), vector::Zero(9));
}

}  // namespace
}  // namespace tensormerge
