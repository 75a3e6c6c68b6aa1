#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/interpolate/weighted_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The linear interpolation of MergeKit for MLX: out = (1 - t) base + t input. Cost: one pass.
/// Source: the documentation of MergeKit for MLX 0.1.0.
struct mlx_linear {
  static constexpr method_facts facts{
      .name = "linear", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = mlx_linear_parameters;
  using input_parameters = no_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

    kernel(const parameters& shared, std::span<const input_parameters>, const tensor_facts&,
           scratch&)
        : coefficients_{static_cast<Real>(1 - shared.t), static_cast<Real>(shared.t)} {}

    void apply(const tile<Real>& piece, Real* out) const {
      const std::array<const Real*, 2> vectors{piece.base, piece.inputs[0]};
      weighted_sum<Real>(vectors, coefficients_, out, piece.size);
    }

   private:
    std::array<Real, 2> coefficients_;
  };
};

}  // namespace tensormerge
