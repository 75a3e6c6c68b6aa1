#pragma once

#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/task_matrices.hpp>

namespace tensormerge {

/// The weighted sum of the task matrices.
struct plain_sum {
  template <class Real>
  static Eigen::MatrixXd merge(const task_matrices<Real>& tasks) {
    return tasks.weighted_sum();
  }

  static double vector_weight(double weight, std::size_t) { return weight; }
};

}  // namespace tensormerge
