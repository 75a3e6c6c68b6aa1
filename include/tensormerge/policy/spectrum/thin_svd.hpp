#pragma once

#include <algorithm>
#include <limits>

#include <Eigen/Core>
#include <Eigen/SVD>

namespace tensormerge {

/// The singular value decomposition left * diag(values) * right^T of a matrix, without the
/// directions whose singular value rounding cannot tell from zero: these are arbitrary.
struct thin_svd {
  Eigen::MatrixXd left;    // (rows,rank), orthonormal columns
  Eigen::VectorXd values;  // (rank), falling
  Eigen::MatrixXd right;   // (columns,rank), orthonormal columns
};

namespace detail {

template <class Decomposition>
thin_svd without_rounded_zeros(const Decomposition& svd) {
  const double least = svd.singularValues()(0) *
                       static_cast<double>(std::max(svd.rows(), svd.cols())) *
                       std::numeric_limits<double>::epsilon();
  Eigen::Index rank = 0;
  while (rank < svd.singularValues().size() && svd.singularValues()(rank) > least) ++rank;
  return {svd.matrixU().leftCols(rank), svd.singularValues().head(rank),
          svd.matrixV().leftCols(rank)};
}

}  // namespace detail

/// Decomposes a finite matrix of doubles. Allocates: about four times the matrix.
/// A template, so that only sources that decompose pay for compiling the decomposition.
template <class Derived>
thin_svd decompose(const Eigen::MatrixBase<Derived>& given) {
  using matrix_type = Eigen::Matrix<typename Derived::Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  const matrix_type matrix = given;
  if (matrix.size() == 0) return {{matrix.rows(), 0}, {}, {matrix.cols(), 0}};
  constexpr unsigned thin = Eigen::ComputeThinU | Eigen::ComputeThinV;
  const Eigen::BDCSVD<matrix_type> svd(matrix, thin);
  const bool is_sound = svd.info() == Eigen::Success && svd.matrixU().allFinite() &&
                        svd.singularValues().allFinite() && svd.matrixV().allFinite();
  // Eigen 3.4's fast algorithm makes NaN of some matrices of low rank; the slow one does not.
  return is_sound ? detail::without_rounded_zeros(svd)
                  : detail::without_rounded_zeros(Eigen::JacobiSVD<matrix_type>(matrix, thin));
}

/// The matrix with orthonormal directions that is nearest to `matrix`: its decomposition with every
/// singular value 1, but for directions that it lacks.
/// Ref: Schönemann 1966, "A generalized solution of the orthogonal Procrustes problem".
template <class Derived>
Eigen::MatrixXd nearest_orthogonal(const Eigen::MatrixBase<Derived>& matrix) {
  const thin_svd svd = decompose(matrix);
  return svd.left * svd.right.transpose();
}

}  // namespace tensormerge
