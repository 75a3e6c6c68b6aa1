#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>
#include <Eigen/Householder>

#include <tensormerge/policy/spectrum/block_reflector.hpp>
#include <tensormerge/policy/spectrum/matrix_memory.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// A matrix (rows,columns) of at least as many rows as columns as the product of an orthogonal
/// matrix and an upper triangle, by reflections in blocks.
/// Ref: Golub & Van Loan, 4th ed., section 5.2.3.
class triangular_form {
  static constexpr Eigen::Index at_once = reflections_at_once;

 public:
  /// For matrices of up to this many rows and columns.
  static constexpr std::size_t scratch_bytes(Eigen::Index rows, Eigen::Index columns) {
    return matrix_bytes(columns, 1) + matrix_bytes(rows, at_once);
  }
  triangular_form(Eigen::Index rows, Eigen::Index columns, scratch& memory)
      : factors_(take_matrix(columns, 1, memory)), panel_(take_matrix(rows, at_once, memory)) {}

  /// Replaces the matrix by the triangle and, below it, the vectors of the reflections, whose first
  /// elements are ones.
  template <class Matrix>
  void reduce(Matrix& matrix) {
    const Eigen::Index rows = matrix.rows(), columns = matrix.cols();
    for (Eigen::Index first = 0; first < columns; first += at_once) {
      const Eigen::Index end = std::min(first + at_once, columns);
      for (Eigen::Index j = first; j < end; ++j) {
        auto here = matrix.col(j).tail(rows - j);
        double length = 0;
        here.makeHouseholderInPlace(factors_[j], length);
        here(0) = 1;
        for (Eigen::Index k = j + 1; k < end; ++k) {
          auto other = matrix.col(k).tail(rows - j);
          other -= factors_[j] * here.dot(other) * here;
        }
        here(0) = length;
      }
      if (end == columns) break;
      const matrix_map vectors = panel(matrix, first, end - first);
      block_reflector(vectors, const_vector_map(factors_ + first, end - first))
          .apply_transposed(matrix.bottomRightCorner(rows - first, columns - end));
    }
  }

  /// Multiplies a matrix (rows,any) by the orthogonal factor of the matrix that was reduced last.
  template <class Reduced, class Out>
  void multiply(const Reduced& reduced, Out&& out) const {
    const Eigen::Index rows = reduced.rows(), columns = reduced.cols();
    if (columns == 0) return;
    for (Eigen::Index first = (columns - 1) / at_once * at_once; first >= 0; first -= at_once) {
      const Eigen::Index count = std::min(at_once, columns - first);
      const matrix_map vectors = panel(reduced, first, count);
      block_reflector(vectors, const_vector_map(factors_ + first, count))
          .apply(out.bottomRows(rows - first));
    }
  }

 private:
  /// The vectors of the reflections of some columns.
  template <class Reduced>
  matrix_map panel(const Reduced& reduced, Eigen::Index first, Eigen::Index count) const {
    const Eigen::Index rows = reduced.rows() - first;
    matrix_map vectors(panel_, rows, count);
    for (Eigen::Index j = 0; j < count; ++j) {
      vectors.col(j).head(j).setZero();
      vectors(j, j) = 1;
      vectors.col(j).tail(rows - j - 1) = reduced.col(first + j).tail(rows - j - 1);
    }
    return vectors;
  }

  double* factors_;
  double* panel_;
};

}  // namespace tensormerge
