#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>
#include <tensormerge/policy/spectrum/tiled_product.hpp>

namespace tensormerge {

/// Lowers the singular values of the merged matrix that its tasks have piled up on shared
/// directions: for each left singular vector u of it and each task matrix D_i,
/// s_i = <u^T merged, u^T D_i> / max(|u^T D_i|^2, 1e-12), and the singular value is divided by
/// max(mean(s_i), least) where every s_i is positive, else left as it is.
/// Ref: Li et al. 2026, "Singular Value Calibration" (arXiv 2602.05536), as in the authors' code.
template <class Real>
void calibrate_spectrum(const task_matrices<Real>& tasks, double least, spectrum_memory& memory) {
  constexpr double least_square = 1e-12;
  constexpr double opposed = -std::numeric_limits<double>::infinity();  // whatever is added to it
  thin_svd& svd = memory.svd;
  svd.decompose(memory.merged);
  const Eigen::Index rank = svd.values().size();
  auto means = memory.ratios.head(rank);
  means.setZero();
  matrix_map& task = memory.merged;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    task = tasks[i];
    for (Eigen::Index first = 0; first < rank; first += spectrum_memory::columns_at_once) {
      const Eigen::Index count = std::min(spectrum_memory::columns_at_once, rank - first);
      auto seen = memory.some.leftCols(count);
      seen.setZero();
      add_product(seen, task.transpose(), svd.left().middleCols(first, count));
      for (Eigen::Index k = 0, r = first; k < count; ++k, ++r) {
        const double ratio = svd.values()(r) * svd.right().col(r).dot(seen.col(k)) /
                             std::max(seen.col(k).squaredNorm(), least_square);
        means(r) += ratio > 0 ? ratio / static_cast<double>(tasks.size()) : opposed;
      }
    }
  }
  for (Eigen::Index r = 0; r < rank; ++r) {
    means(r) = svd.values()(r) / (means(r) > 0 ? std::max(means(r), least) : 1);
  }
  svd.compose(means, memory.merged);
}

}  // namespace tensormerge
