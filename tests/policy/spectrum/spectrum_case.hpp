#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/tensor/tile.hpp>

#include "lent_memory.hpp"

namespace tensormerge {

/// Task matrices over a base of zeros, and memory for merging them.
class spectrum_case : lent_memory {
  using extents = spectrum_memory::extents;

 public:
  spectrum_case(const std::vector<Eigen::MatrixXd>& tasks, std::vector<double> weights,
                Eigen::Index directions)
      : spectrum_case(tasks, std::move(weights),
                      extents{tasks[0].rows(), tasks[0].cols(), directions}) {}

  spectrum_memory room;
  task_matrices<double> tasks() const {
    return {{.inputs = pointers_, .base = base_.data(), .size = base_.size()},
            static_cast<std::size_t>(room.merged.cols()), weights_};
  }

 private:
  spectrum_case(const std::vector<Eigen::MatrixXd>& tasks, std::vector<double> weights,
                const extents& of)
      : lent_memory(spectrum_memory::scratch_bytes(of)),
        room(of, memory),
        weights_(std::move(weights)),
        base_(static_cast<std::size_t>(of.rows * of.columns), 0.0) {
    for (const Eigen::MatrixXd& task : tasks) {
      const Eigen::MatrixXd by_rows = task.transpose();
      inputs_.emplace_back(by_rows.data(), by_rows.data() + by_rows.size());
    }
    for (const std::vector<double>& input : inputs_) pointers_.push_back(input.data());
  }

  std::vector<double> weights_, base_;
  std::vector<std::vector<double>> inputs_;
  std::vector<const double*> pointers_;
};

}  // namespace tensormerge
