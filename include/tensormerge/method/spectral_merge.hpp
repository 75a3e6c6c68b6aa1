#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>

#include <Eigen/Core>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/interpolate/displaced_sum.hpp>
#include <tensormerge/policy/spectrum/calibrate_spectrum.hpp>
#include <tensormerge/policy/spectrum/spectrum_memory.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Adds an update made of the task matrices' singular vectors to the base:
/// out = base + lambda * update; with `calibration`, the singular values of lambda * update are
/// calibrated first. Tensors that are not matrices get lambda times a weighted sum of task vectors.
/// A matrix with a NaN or an infinity anywhere becomes NaN altogether.
/// A matrix is merged in one tile; large ones take memory of up to eleven times the tensor in
/// double.
/// Cost: inputs + 3 singular value decompositions at most.
template <class Update, class Parameters, class InputParameters>
struct spectral_merge {
  using parameters = Parameters;
  using input_parameters = InputParameters;

  template <class Real>
  class kernel {
    static_assert(spectral_update<Update>,
                  "tensormerge: a spectral update needs the functions that "
                  "policy/spectrum/task_matrices.hpp lists");

   public:
    /// What applying to a matrix works in.
    class statistic {
     public:
      void combine(const statistic&) {}
      void clear() {}

     private:
      friend kernel;
      std::optional<spectrum_memory> memory_;
    };

    static std::size_t scratch_bytes(std::size_t inputs, const parameters&, const tensor_facts&) {
      return scratch::bytes_for<double>(inputs) + scratch::bytes_for<Real>(inputs);
    }
    static std::size_t statistic_bytes(std::size_t inputs, const parameters&,
                                       const tensor_facts& tensor) {
      return is_matrix(tensor) ? spectrum_memory::scratch_bytes(extents(tensor, inputs)) : 0;
    }

    static std::uint64_t rows_per_tile(const parameters&, const tensor_facts& tensor) {
      return is_matrix(tensor) ? tensor.column_length : 0;
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : extents_(is_matrix(tensor) ? extents(tensor, inputs.size()) : spectrum_memory::extents{}),
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

    statistic make_statistic(scratch& memory) const {
      statistic made;
      if (extents_.rows != 0) made.memory_.emplace(extents_, memory);
      return made;
    }
    bool wants_observation() const { return false; }
    void observe(const tile<Real>&, statistic&) const {}
    void conclude(const statistic&) {}

    void apply(const tile<Real>& piece, Real* out, statistic& working) const {
      if (extents_.rows == 0) {
        displaced_sum<Real>(piece.inputs, piece.base, vector_weights_, out, piece.size);
        return;
      }
      spectrum_memory& memory = *working.memory_;
      const Eigen::Index rows = extents_.rows, columns = extents_.columns;
      update(task_matrices<Real>(piece, static_cast<std::size_t>(columns), weights_), memory);
      for (Eigen::Index row = 0; row < rows; ++row) {
        for (Eigen::Index column = 0; column < columns; ++column) {
          const std::size_t i = static_cast<std::size_t>(row * columns + column);
          out[i] =
              static_cast<Real>(static_cast<double>(piece.base[i]) + memory.merged(row, column));
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

    static spectrum_memory::extents extents(const tensor_facts& tensor, std::size_t inputs) {
      const Eigen::Index rows = static_cast<Eigen::Index>(tensor.column_length),
                         columns = static_cast<Eigen::Index>(tensor.row_length);
      return {rows, columns, Update::directions(rows, columns, static_cast<Eigen::Index>(inputs))};
    }

    /// Leaves the matrix that is added to the base in the memory.
    void update(const task_matrices<Real>& tasks, spectrum_memory& memory) const {
      for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (!tasks[i].allFinite()) {
          memory.merged.setConstant(std::numeric_limits<double>::quiet_NaN());
          return;
        }
      }
      Update::merge(tasks, memory);
      memory.merged *= lambda_;
      if (calibration_ != no_calibration) calibrate_spectrum(tasks, calibration_, memory);
    }

    spectrum_memory::extents extents_;  // no rows: not a matrix
    double lambda_;
    double calibration_;
    std::span<double> weights_;
    std::span<Real> vector_weights_;
  };
};

}  // namespace tensormerge
