#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>

namespace tensormerge {

/// The leading 1/n of the singular directions of each of n task matrices (at least one), all left
/// and all right ones each replaced by the nearest orthogonal set, with the singular values they
/// had. Directions with a singular value of zero are left out.
/// Ref: Gargiulo et al. 2025, "Task Singular Vectors", TSV-M (arXiv 2412.00081).
struct decorrelated_parts {
  template <class Real>
  static Eigen::MatrixXd merge(const task_matrices<Real>& tasks) {
    const Eigen::Index inputs = static_cast<Eigen::Index>(tasks.size());
    const Eigen::Index share =
        std::max<Eigen::Index>(1, std::min(tasks.rows(), tasks.columns()) / inputs);
    Eigen::MatrixXd left(tasks.rows(), inputs * share), right(tasks.columns(), inputs * share);
    Eigen::VectorXd values(inputs * share);
    Eigen::Index kept = 0;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const thin_svd svd = decompose(tasks.weight(i) * tasks[i]);
      const Eigen::Index count = std::min(share, svd.values.size());
      left.middleCols(kept, count) = svd.left.leftCols(count);
      right.middleCols(kept, count) = svd.right.leftCols(count);
      values.segment(kept, count) = svd.values.head(count);
      kept += count;
    }
    return nearest_orthogonal(left.leftCols(kept)) * values.head(kept).asDiagonal() *
           nearest_orthogonal(right.leftCols(kept)).transpose();
  }

  static double vector_weight(double weight, std::size_t inputs) {
    return weight / static_cast<double>(inputs);
  }
};

}  // namespace tensormerge
