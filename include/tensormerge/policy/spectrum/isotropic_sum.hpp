#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>

namespace tensormerge {

/// The sum of the task matrices with every singular value set to their mean, which counts the zeros
/// of a matrix that lacks rank; directions that the sum lacks stay empty, since any choice of them
/// would be arbitrary.
/// Ref: Marczak et al. 2025, "No Task Left Behind", Iso-C (arXiv 2502.04959).
struct isotropic_sum {
  template <class Real>
  static void merge(const task_matrices<Real>& tasks, spectrum_memory& memory) {
    tasks.sum_weighted(memory.merged);
    thin_svd& svd = memory.svd;
    svd.decompose(memory.merged);
    const double mean =
        svd.values().sum() / static_cast<double>(std::min(tasks.rows(), tasks.columns()));
    svd.compose(Eigen::VectorXd::Constant(svd.values().size(), mean), memory.merged);
  }

  static Eigen::Index directions(Eigen::Index, Eigen::Index, Eigen::Index) { return 0; }

  static double vector_weight(double weight, std::size_t inputs) {
    return weight / static_cast<double>(inputs);
  }
};

}  // namespace tensormerge
