#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>
#include <Eigen/Householder>

#include <tensormerge/policy/spectrum/block_reflector.hpp>
#include <tensormerge/policy/spectrum/matrix_memory.hpp>
#include <tensormerge/policy/spectrum/tiled_product.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// A square matrix (n,n) as left * bidiagonal * right^T with orthogonal left and right, by
/// reflections in blocks. Half of the work are products of the matrix with vectors, half products
/// of matrices.
/// Ref: Golub & Van Loan, 4th ed., section 5.4.8; in blocks Dongarra, Sorensen & Hammarling 1989,
/// "Block reduction of matrices to condensed forms".
class bidiagonal_form {
  static constexpr Eigen::Index at_once = reflections_at_once;

 public:
  /// For matrices of up to `most` rows.
  static constexpr std::size_t scratch_bytes(Eigen::Index most) {
    return 4 * matrix_bytes(most, 1) + 4 * matrix_bytes(most, at_once);
  }
  bidiagonal_form(Eigen::Index most, scratch& memory)
      : diagonal_(take_matrix(most, 1, memory)),
        above_(take_matrix(most, 1, memory)),
        left_factors_(take_matrix(most, 1, memory)),
        right_factors_(take_matrix(most, 1, memory)) {
    for (double*& each : panels_) each = take_matrix(most, at_once, memory);
  }

  /// Replaces the matrix by the vectors of the reflections: in column j from row j on those of the
  /// left, in row j from column j + 1 on those of the right.
  template <class Square>
  void reduce(Square& matrix) {
    const Eigen::Index n = matrix.rows();
    for (Eigen::Index first = 0; first < n; first += at_once) {
      const Eigen::Index rest = n - first, count = std::min(at_once, rest);
      auto part = matrix.bottomRightCorner(rest, rest);
      reduce_panel(part, first, count);
    }
  }

  /// The diagonal (n) and what is above it (n - 1), of what was reduced last.
  double* diagonal() { return diagonal_; }
  double* above() { return above_; }

  /// Writes the orthogonal matrices of a reduced matrix, each (n,n).
  template <class Square, class Out>
  void make_left(const Square& reduced, Out&& left) const {
    const Eigen::Index n = reduced.rows();
    left.setIdentity();
    for (Eigen::Index first = last_panel(n); first >= 0; first -= at_once) {
      const Eigen::Index rest = n - first, count = std::min(at_once, rest);
      matrix_map vectors(panels_[0], rest, count);
      vectors.setZero();
      for (Eigen::Index j = 0; j < count; ++j) {
        vectors.col(j).tail(rest - j) = reduced.col(first + j).tail(rest - j);
      }
      const const_vector_map factors(left_factors_ + first, count);
      block_reflector(vectors, factors).apply(left.bottomRightCorner(rest, rest));
    }
  }
  template <class Square, class Out>
  void make_right(const Square& reduced, Out&& right) const {
    const Eigen::Index n = reduced.rows();
    right.setIdentity();
    for (Eigen::Index first = last_panel(n - 1); first >= 0; first -= at_once) {
      const Eigen::Index rest = n - 1 - first, count = std::min(at_once, rest);
      matrix_map vectors(panels_[0], rest, count);
      vectors.setZero();
      for (Eigen::Index j = 0; j < count; ++j) {
        vectors.col(j).tail(rest - j) = reduced.row(first + j).tail(rest - j).transpose();
      }
      const const_vector_map factors(right_factors_ + first, count);
      block_reflector(vectors, factors).apply(right.bottomRightCorner(rest, rest));
    }
  }

 private:
  /// The first column of the last panel of n columns, negative without columns.
  static Eigen::Index last_panel(Eigen::Index n) {
    return n == 0 ? -1 : (n - 1) / at_once * at_once;
  }

  /// Reduces the first `count` rows and columns of the part of a matrix that begins at the diagonal
  /// element `first`, and applies all their reflections to the rest at the end:
  /// part -= v y^T + x u^T, with vectors v of the left and u of the right in the columns.
  template <class Part>
  void reduce_panel(Part& part, Eigen::Index first, Eigen::Index count) {
    const Eigen::Index n = part.rows();
    matrix_map v(panels_[0], n, count), y(panels_[1], n, count);
    matrix_map x(panels_[2], n, count), u(panels_[3], n, count);
    for (Eigen::Index j = 0; j < count; ++j) {
      const Eigen::Index below = n - j, right = n - j - 1;
      auto vj = v.col(j).tail(below);
      vj = part.col(j).tail(below);
      subtract_row_combination(vj, v.block(j, 0, below, j), y, j);
      subtract_row_combination(vj, x.block(j, 0, below, j), u, j);
      left_factors_[first + j] = reflect(vj, diagonal_[first + j]);
      part.col(j).tail(below) = vj;
      if (right == 0) break;

      auto yj = y.col(j).tail(right);
      yj.noalias() = part.block(j, j + 1, below, right).transpose() * vj;
      subtract_seen(yj, y.block(j + 1, 0, right, j), v.block(j, 0, below, j), vj);
      subtract_seen(yj, u.block(j + 1, 0, right, j), x.block(j, 0, below, j), vj);
      yj *= left_factors_[first + j];

      auto uj = u.col(j).tail(right);
      uj = part.row(j).tail(right).transpose();
      subtract_row_combination(uj, y.block(j + 1, 0, right, j + 1), v, j);
      subtract_row_combination(uj, u.block(j + 1, 0, right, j), x, j);
      right_factors_[first + j] = reflect(uj, above_[first + j]);
      part.row(j).tail(right) = uj.transpose();

      auto xj = x.col(j).tail(right);
      xj.noalias() = part.block(j + 1, j + 1, right, right) * uj;
      subtract_seen(xj, v.block(j + 1, 0, right, j + 1), y.block(j + 1, 0, right, j + 1), uj);
      subtract_seen(xj, x.block(j + 1, 0, right, j), u.block(j + 1, 0, right, j), uj);
      xj *= right_factors_[first + j];
    }
    const Eigen::Index rest = n - count;
    auto corner = part.bottomRightCorner(rest, rest);
    subtract_product(corner, v.bottomRows(rest), y.bottomRows(rest).transpose());
    subtract_product(corner, x.bottomRows(rest), u.bottomRows(rest).transpose());
  }

  using few = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, at_once, 1>;

  /// vector -= columns * (row of coefficients), with as many coefficients as columns.
  template <class Vector, class Columns, class Coefficients>
  static void subtract_row_combination(Vector& vector, const Columns& columns,
                                       const Coefficients& coefficients, Eigen::Index row) {
    if (columns.cols() == 0) return;
    const few weights = coefficients.row(row).head(columns.cols()).transpose();
    vector.noalias() -= columns * weights;
  }

  /// vector -= columns * (others^T * seen)
  template <class Vector, class Columns, class Others, class Seen>
  static void subtract_seen(Vector& vector, const Columns& columns, const Others& others,
                            const Seen& seen) {
    if (columns.cols() == 0) return;
    few weights(columns.cols());
    weights.noalias() = others.transpose() * seen;
    vector.noalias() -= columns * weights;
  }

  /// Replaces a vector by that of the reflection which leaves only its first element; returns tau.
  template <class Vector>
  static double reflect(Vector& vector, double& first) {
    double factor = 0;
    vector.makeHouseholderInPlace(factor, first);
    vector(0) = 1;
    return factor;
  }

  double *diagonal_, *above_, *left_factors_, *right_factors_;
  double* panels_[4];
};

}  // namespace tensormerge
