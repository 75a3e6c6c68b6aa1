#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>

namespace tensormerge {

/// Lowers the singular values of a merged matrix that its tasks have piled up on shared directions:
/// for each left singular vector u of `merged` and each task matrix D_i,
/// s_i = <u^T merged, u^T D_i> / max(|u^T D_i|^2, 1e-12), and the singular value is divided by
/// max(mean(s_i), least) where every s_i is positive, else left as it is.
/// Ref: Li et al. 2026, "Singular Value Calibration" (arXiv 2602.05536), as in the authors' code.
template <class Real>
Eigen::MatrixXd calibrate_spectrum(const Eigen::MatrixXd& merged, const task_matrices<Real>& tasks,
                                   double least) {
  constexpr double least_square = 1e-12;
  thin_svd svd = decompose(merged);
  const Eigen::Index rank = svd.values.size();
  Eigen::ArrayXd mean = Eigen::ArrayXd::Zero(rank);
  Eigen::Array<bool, Eigen::Dynamic, 1> aligned =
      Eigen::Array<bool, Eigen::Dynamic, 1>::Constant(rank, true);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Eigen::MatrixXd seen = tasks[i].transpose() * svd.left;  // (columns,rank)
    for (Eigen::Index r = 0; r < rank; ++r) {
      const double ratio = svd.values(r) * svd.right.col(r).dot(seen.col(r)) /
                           std::max(seen.col(r).squaredNorm(), least_square);
      mean(r) += ratio / static_cast<double>(tasks.size());
      aligned(r) = aligned(r) && ratio > 0;
    }
  }
  for (Eigen::Index r = 0; r < rank; ++r) {
    if (aligned(r)) svd.values(r) /= std::max(mean(r), least);
  }
  return svd.left * svd.values.asDiagonal() * svd.right.transpose();
}

}  // namespace tensormerge
