#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/triangular_form.hpp>

#include "lent_memory.hpp"
#include "some_matrix.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

TEST(triangular_form, is_the_matrix_turned) {
  constexpr Eigen::Index extents[][2] = {{1, 1}, {5, 3}, {40, 32}, {70, 33}, {101, 100}};
  for (const auto& [rows, columns] : extents) {
    lent_memory lent(triangular_form::scratch_bytes(rows, columns));
    triangular_form form(rows, columns, lent.memory);
    const matrix given = some_matrix(rows, columns);
    matrix reduced = given;
    form.reduce(reduced);
    matrix back = reduced.triangularView<Eigen::Upper>(), orthogonal = matrix::Identity(rows, rows);
    form.multiply(reduced, back);
    form.multiply(reduced, orthogonal);
    EXPECT_TRUE(back.isApprox(given, 1e-13));
    EXPECT_TRUE((orthogonal.transpose() * orthogonal).isIdentity(1e-13));
  }
}

TEST(triangular_form, takes_columns_of_zeros) {
  lent_memory lent(triangular_form::scratch_bytes(6, 3));
  triangular_form form(6, 3, lent.memory);
  matrix given = some_matrix(6, 3);
  given.col(1).setZero();
  matrix reduced = given;
  form.reduce(reduced);
  matrix back = reduced.triangularView<Eigen::Upper>();
  form.multiply(reduced, back);
  EXPECT_TRUE(back.isApprox(given, 1e-14));
}

}  // namespace
}  // namespace tensormerge
