#pragma once

#include <algorithm>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/tiled_product.hpp>

namespace tensormerge {

/// Reflections that are applied together: so many that products of matrices take most of the time.
inline constexpr Eigen::Index reflections_at_once = 32;

/// A product of reflections (I - tau_0 v_0 v_0^T) (I - tau_1 v_1 v_1^T) ..., as I - V T V^T with an
/// upper triangle T.
/// Ref: Schreiber & Van Loan 1989, "A storage-efficient WY representation for products of
/// Householder transformations"; Golub & Van Loan, 4th ed., section 5.1.7.
template <class Vectors>
class block_reflector {
 public:
  /// `vectors` (size,count), count up to reflections_at_once, has a v in each column; it must
  /// outlive the reflector. `factors` (count) has the taus.
  template <class Factors>
  block_reflector(const Vectors& vectors, const Factors& factors)
      : vectors_(vectors), triangle_(small_matrix::Zero(vectors.cols(), vectors.cols())) {
    small_vector common(vectors.cols());
    for (Eigen::Index j = 0; j < vectors.cols(); ++j) {
      triangle_(j, j) = factors(j);
      if (j == 0) continue;
      common.head(j).noalias() = vectors.leftCols(j).transpose() * vectors.col(j);
      common.head(j) *= -factors(j);
      triangle_.col(j).head(j).noalias() =
          triangle_.topLeftCorner(j, j).lazyProduct(common.head(j));
    }
  }

  /// matrix (size,any) = (the product of reflections) * matrix.
  template <class Matrix>
  void apply(Matrix&& matrix) const {
    apply_with(triangle_, matrix);
  }

  /// matrix (size,any) = (the product of reflections)^T * matrix.
  template <class Matrix>
  void apply_transposed(Matrix&& matrix) const {
    apply_with(triangle_.transpose(), matrix);
  }

 private:
  static constexpr Eigen::Index most = reflections_at_once, columns_at_once = 96;
  using small_matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most, most>;
  using small_vector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, most, 1>;
  using wide_matrix =
      Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, most, columns_at_once>;

  template <class Triangle, class Matrix>
  void apply_with(const Triangle& triangle, Matrix& matrix) const {
    for (Eigen::Index j = 0; j < matrix.cols(); j += columns_at_once) {
      auto part = matrix.middleCols(j, std::min(columns_at_once, matrix.cols() - j));
      wide_matrix lengths = wide_matrix::Zero(vectors_.cols(), part.cols());
      wide_matrix mixed = lengths;
      add_product(lengths, vectors_.transpose(), part);
      add_product(mixed, triangle, lengths);
      subtract_product(part, vectors_, mixed);
    }
  }

  const Vectors& vectors_;
  small_matrix triangle_;
};

}  // namespace tensormerge
