#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/bidiagonal_form.hpp>

#include "lent_memory.hpp"
#include "some_matrix.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

void expect_reduced(const matrix& given) {
  const Eigen::Index n = given.rows();
  lent_memory lent(bidiagonal_form::scratch_bytes(n));
  bidiagonal_form form(n, lent.memory);
  matrix reduced = given, left(n, n), right(n, n), bidiagonal = matrix::Zero(n, n);
  form.reduce(reduced);
  form.make_left(reduced, left);
  form.make_right(reduced, right);
  bidiagonal.diagonal() = const_vector_map(form.diagonal(), n);
  bidiagonal.diagonal(1) = const_vector_map(form.above(), n - 1);
  EXPECT_TRUE((left * bidiagonal * right.transpose()).isApprox(given, 1e-13));
  EXPECT_TRUE((left.transpose() * left).isIdentity(1e-13));
  EXPECT_TRUE((right.transpose() * right).isIdentity(1e-13));
}

TEST(bidiagonal_form, is_the_matrix_turned_on_both_sides) {
  for (const Eigen::Index n : {1, 2, 3, 31, 32, 33, 34, 64, 65, 100}) {
    expect_reduced(some_matrix(n, n));
  }
}

TEST(bidiagonal_form, takes_matrices_that_lack_rank) {
  expect_reduced(matrix::Zero(4, 4));
  expect_reduced(some_matrix(40, 3) * some_matrix(3, 40));
}

}  // namespace
}  // namespace tensormerge
