#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>
#include <tensormerge/policy/spectrum/tiled_product.hpp>

namespace tensormerge {

/// The leading 1/n of the singular directions of each of n task matrices (at least one), all left
/// and all right ones each replaced by the nearest orthogonal set, with the singular values they
/// had. Directions with a singular value of zero are left out.
/// Ref: Gargiulo et al. 2025, "Task Singular Vectors", TSV-M (arXiv 2412.00081).
struct decorrelated_parts {
  template <class Real>
  static void merge(const task_matrices<Real>& tasks, spectrum_memory& memory) {
    thin_svd& svd = memory.svd;
    const Eigen::Index most = share(tasks.rows(), tasks.columns(),
                                    static_cast<Eigen::Index>(tasks.size()));
    Eigen::Index kept = 0;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      svd.decompose(tasks.weight(i) * tasks[i]);
      const Eigen::Index count = std::min(most, svd.values().size());
      memory.left.middleCols(kept, count) = svd.left().leftCols(count);
      memory.right.middleCols(kept, count) = svd.right().leftCols(count);
      memory.strengths.segment(kept, count) = svd.values().head(count);
      kept += count;
    }
    auto left = memory.left.leftCols(kept), right = memory.right.leftCols(kept);
    nearest_orthogonal(left, svd, left);
    nearest_orthogonal(right, svd, right);
    for (Eigen::Index r = 0; r < kept; ++r) left.col(r) *= memory.strengths(r);
    memory.merged.setZero();
    add_product(memory.merged, left, right.transpose());
  }

  static Eigen::Index directions(Eigen::Index rows, Eigen::Index columns, Eigen::Index inputs) {
    return inputs * share(rows, columns, inputs);
  }

  static double vector_weight(double weight, std::size_t inputs) {
    return weight / static_cast<double>(inputs);
  }

 private:
  /// How many directions of each task are kept.
  static Eigen::Index share(Eigen::Index rows, Eigen::Index columns, Eigen::Index inputs) {
    return std::max<Eigen::Index>(1, std::min(rows, columns) / inputs);
  }
};

}  // namespace tensormerge
