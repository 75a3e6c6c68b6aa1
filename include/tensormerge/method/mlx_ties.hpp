#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// What MergeKit for MLX calls ties: |(1 - t) base + t input| with the sign of the larger of both
/// in magnitude, of the base where they are equal. Cost: one pass.
/// Source: the documentation of MergeKit for MLX 0.1.0.
struct mlx_ties {
  static constexpr method_facts facts{
      .name = "ties", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = mlx_ties_parameters;
  using input_parameters = no_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

    kernel(const parameters& shared, std::span<const input_parameters>, const tensor_facts&,
           scratch&)
        : of_base_(static_cast<Real>(1 - shared.t)), of_input_(static_cast<Real>(shared.t)) {}

    void apply(const tile<Real>& piece, Real* out) const {
      const Real* base = piece.base;
      const Real* input = piece.inputs[0];
      for (std::size_t i = 0; i < piece.size; ++i) {
        const Real larger = std::abs(base[i]) >= std::abs(input[i]) ? base[i] : input[i];
        const Real magnitude = std::abs(of_base_ * base[i] + of_input_ * input[i]);
        out[i] = std::copysign(magnitude, larger);
      }
    }

   private:
    Real of_base_, of_input_;
  };
};

}  // namespace tensormerge
