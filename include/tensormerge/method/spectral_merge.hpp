#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <Eigen/Core>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/interpolate/displaced_sum.hpp>
#include <tensormerge/policy/spectrum/calibrate_spectrum.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Adds an update made of the task matrices' singular vectors to the base:
/// out = base + lambda * update; with `calibration`, the singular values of lambda * update are
/// calibrated first. Tensors that are not matrices get lambda times a weighted sum of task vectors.
/// A matrix with a NaN or an infinity anywhere becomes NaN altogether.
/// A matrix is merged in one tile. Unlike other methods these allocate, in `apply` and for matrices
/// only: up to (inputs + 8) times the tensor in double. Cost: inputs + 2 singular value
/// decompositions at most.
template <class Update, class Parameters, class InputParameters>
struct spectral_merge {
  using parameters = Parameters;
  using input_parameters = InputParameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
    static_assert(spectral_update<Update>,
                  "tensormerge: a spectral update needs the functions that "
                  "policy/spectrum/task_matrices.hpp lists");

   public:
    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<double>(inputs) + scratch::bytes_for<Real>(inputs);
    }

    static std::uint64_t rows_per_tile(const parameters&, const tensor_facts& tensor) {
      return is_matrix(tensor) ? tensor.column_length : 0;
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : row_length_(is_matrix(tensor) ? static_cast<std::size_t>(tensor.row_length) : 0),
          lambda_(shared.lambda),
          weights_(memory.make<double>(inputs.size(),
                                       [&](std::size_t i) { return weight_of(inputs[i]); })),
          vector_weights_(memory.make<Real>(inputs.size(), [&](std::size_t i) {
            return static_cast<Real>(shared.lambda *
                                     Update::vector_weight(weights_[i], inputs.size()));
          })) {
      if constexpr (requires { shared.calibration.has_value(); }) {
        calibration_ = shared.calibration.value_or(no_calibration);
      } else {
        calibration_ = shared.calibration;
      }
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if (row_length_ == 0) {
        displaced_sum<Real>(piece.inputs, piece.base, vector_weights_, out, piece.size);
        return;
      }
      const task_matrices<Real> tasks(piece, row_length_, weights_);
      const Eigen::MatrixXd change = update(tasks);
      for (Eigen::Index row = 0; row < tasks.rows(); ++row) {
        for (Eigen::Index column = 0; column < tasks.columns(); ++column) {
          const std::size_t i = static_cast<std::size_t>(row * tasks.columns() + column);
          out[i] = static_cast<Real>(static_cast<double>(piece.base[i]) + change(row, column));
        }
      }
    }

   private:
    static constexpr double no_calibration = -1;

    static bool is_matrix(const tensor_facts& tensor) {
      return tensor.axes == 2 && tensor.elements > 0;
    }

    static double weight_of(const input_parameters& input) {
      if constexpr (requires { input.weight; }) return input.weight;
      else return 1;
    }

    Eigen::MatrixXd update(const task_matrices<Real>& tasks) const {
      for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (!tasks[i].allFinite()) {
          return Eigen::MatrixXd::Constant(tasks.rows(), tasks.columns(),
                                           std::numeric_limits<double>::quiet_NaN());
        }
      }
      const Eigen::MatrixXd merged = lambda_ * Update::merge(tasks);
      return calibration_ == no_calibration ? merged
                                            : calibrate_spectrum(merged, tasks, calibration_);
    }

    std::size_t row_length_;  // 0: not a matrix
    double lambda_;
    double calibration_;
    std::span<double> weights_;
    std::span<Real> vector_weights_;
  };
};

}  // namespace tensormerge
