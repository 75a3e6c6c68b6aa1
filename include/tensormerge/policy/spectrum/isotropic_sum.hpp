#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>

namespace tensormerge {

/// The sum of the task matrices with every singular value set to their mean, which counts the zeros
/// of a matrix that lacks rank; directions that the sum lacks stay empty, since any choice of them
/// would be arbitrary.
/// Ref: Marczak et al. 2025, "No Task Left Behind", Iso-C (arXiv 2502.04959).
struct isotropic_sum {
  template <class Real>
  static Eigen::MatrixXd merge(const task_matrices<Real>& tasks) {
    const thin_svd svd = decompose(tasks.weighted_sum());
    const double mean =
        svd.values.sum() / static_cast<double>(std::min(tasks.rows(), tasks.columns()));
    return mean * (svd.left * svd.right.transpose());
  }

  static double vector_weight(double weight, std::size_t inputs) {
    return weight / static_cast<double>(inputs);
  }
};

}  // namespace tensormerge
