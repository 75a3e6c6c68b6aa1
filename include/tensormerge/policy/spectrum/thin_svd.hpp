#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/bidiagonal_form.hpp>
#include <tensormerge/policy/spectrum/bidiagonal_values.hpp>
#include <tensormerge/policy/spectrum/matrix_memory.hpp>
#include <tensormerge/policy/spectrum/tiled_product.hpp>
#include <tensormerge/policy/spectrum/triangular_form.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The singular value decomposition left * diag(values) * right^T of a matrix, without the
/// directions whose singular value rounding cannot tell from zero: these are arbitrary.
/// A matrix that is not square is first reduced to a square one.
/// Ref: Golub & Van Loan, 4th ed., section 8.6; Chan 1982, "An improved algorithm for computing the
/// singular value decomposition".
class thin_svd {
 public:
  /// For matrices of up to `longer` rows and `shorter` columns, or the other way round.
  static constexpr std::size_t scratch_bytes(Eigen::Index longer, Eigen::Index shorter) {
    return 2 * matrix_bytes(longer, shorter) + 2 * matrix_bytes(shorter, shorter) +
           triangular_form::scratch_bytes(longer, shorter) +
           bidiagonal_form::scratch_bytes(shorter) + bidiagonal_values::scratch_bytes(shorter);
  }
  thin_svd(Eigen::Index longer, Eigen::Index shorter, scratch& memory)
      : reduced_(take_matrix(longer, shorter, memory)),
        long_(take_matrix(longer, shorter, memory)),
        square_(take_matrix(shorter, shorter, memory)),
        short_(take_matrix(shorter, shorter, memory)),
        triangular_(longer, shorter, memory),
        bidiagonal_(shorter, memory),
        finder_(shorter, memory),
        values_(bidiagonal_.diagonal()) {}

  /// Decomposes a matrix of doubles; what it gave before is lost. Where there is a NaN or an
  /// infinity, all is NaN.
  template <class Derived>
  void decompose(const Eigen::MatrixBase<Derived>& matrix) {
    is_wide_ = matrix.rows() < matrix.cols();
    longer_ = std::max(matrix.rows(), matrix.cols());
    shorter_ = std::min(matrix.rows(), matrix.cols());
    rank_ = 0;
    if (shorter_ == 0) return;
    matrix_map given(reduced_, longer_, shorter_);
    if (is_wide_) given = matrix.transpose();
    else given = matrix;
    if (!given.allFinite()) {
      set_everything_to_nan();
      return;
    }
    const double size = given.cwiseAbs().maxCoeff();
    if (size == 0) return;
    given /= size;  // so that no square overflows
    matrix_map long_vectors(long_, longer_, shorter_), square(square_, shorter_, shorter_);
    if (longer_ == shorter_) {
      diagonalise(given);
    } else {
      triangular_.reduce(given);
      square.setZero();
      square.triangularView<Eigen::Upper>() = given.topRows(shorter_);
      diagonalise(square);
    }
    vector_map(values_, shorter_) *= size;
    if (longer_ == shorter_) return;
    long_vectors.bottomRows(longer_ - shorter_).setZero();
    triangular_.multiply(given, long_vectors.leftCols(rank_));
  }

  /// (rows,rank), orthonormal columns
  const_matrix_map left() const { return is_wide_ ? short_vectors() : long_vectors(); }
  /// (columns,rank), orthonormal columns
  const_matrix_map right() const { return is_wide_ ? long_vectors() : short_vectors(); }
  /// (rank), falling
  const_vector_map values() const { return {values_, rank_}; }

  /// out = left * diag(strengths) * right^T, with a strength (rank) for each direction; nothing is
  /// left of the decomposition.
  template <class Strengths, class Out>
  void compose(const Strengths& strengths, Out&& out) {
    matrix_map scaled(short_, shorter_, rank_);
    for (Eigen::Index i = 0; i < rank_; ++i) scaled.col(i) *= strengths(i);
    out.setZero();
    add_product(out, left(), right().transpose());
    rank_ = 0;
  }

 private:
  const_matrix_map long_vectors() const { return {long_, longer_, rank_}; }
  const_matrix_map short_vectors() const { return {short_, shorter_, rank_}; }

  void set_everything_to_nan() {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    rank_ = 1;
    vector_map(long_, longer_).setConstant(nan);
    vector_map(short_, shorter_).setConstant(nan);
    values_[0] = nan;
  }

  /// Decomposes a square matrix, of which nothing remains.
  template <class Square>
  void diagonalise(Square& square) {
    matrix_map all(long_, longer_, shorter_), right(short_, shorter_, shorter_);
    auto left = all.topRows(shorter_);
    bidiagonal_.reduce(square);
    bidiagonal_.make_left(square, left);
    bidiagonal_.make_right(square, right);
    finder_.find(values_, bidiagonal_.above(), left, right);
    for (Eigen::Index i = 0; i < shorter_; ++i) {
      Eigen::Index largest = i;
      vector_map(values_ + i, shorter_ - i).cwiseAbs().maxCoeff(&largest);
      largest += i;
      if (largest != i) {
        std::swap(values_[i], values_[largest]);
        left.col(i).swap(left.col(largest));
        right.col(i).swap(right.col(largest));
      }
      if (values_[i] < 0) {
        values_[i] = -values_[i];
        right.col(i) *= -1;
      }
    }
    const double least =
        values_[0] * static_cast<double>(longer_) * std::numeric_limits<double>::epsilon();
    while (rank_ < shorter_ && values_[rank_] > least) ++rank_;
  }

  double *reduced_, *long_, *square_, *short_;
  triangular_form triangular_;
  bidiagonal_form bidiagonal_;
  bidiagonal_values finder_;
  double* values_;
  Eigen::Index longer_ = 0, shorter_ = 0, rank_ = 0;
  bool is_wide_ = false;
};

/// Writes the matrix with orthonormal directions that is nearest to `matrix`: its decomposition
/// with every singular value 1, but for directions that it lacks. `out` may be the same memory.
/// Ref: Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem".
template <class Derived, class Out>
void nearest_orthogonal(const Eigen::MatrixBase<Derived>& matrix, thin_svd& svd, Out&& out) {
  svd.decompose(matrix);
  svd.compose(Eigen::VectorXd::Ones(svd.values().size()), out);
}

}  // namespace tensormerge
