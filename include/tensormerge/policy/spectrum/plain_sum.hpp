#pragma once

#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>

namespace tensormerge {

/// The weighted sum of the task matrices.
struct plain_sum {
  template <class Real>
  static void merge(const task_matrices<Real>& tasks, spectrum_memory& memory) {
    tasks.sum_weighted(memory.merged);
  }

  static Eigen::Index directions(Eigen::Index, Eigen::Index, Eigen::Index) { return 0; }

  static double vector_weight(double weight, std::size_t) { return weight; }
};

}  // namespace tensormerge
