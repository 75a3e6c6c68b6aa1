#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Moves each element of the base towards the other model, all the way where they are no farther
/// apart than `t`: out = w * input + (1 - w) * base, w = min(t / |base - input|, 1); distances
/// below 1e-6 count as 1e-6. Cost: one pass.
/// Source: https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001
struct nearswap {
  static constexpr method_facts facts{
      .name = "nearswap", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = nearswap_parameters;
  using input_parameters = nearswap_input_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

    kernel(const parameters& shared, std::span<const input_parameters>, const tensor_facts&,
           scratch&)
        : t_(static_cast<accumulator<Real>>(shared.t)) {}

    void apply(const tile<Real>& piece, Real* out) const {
      constexpr Real least_distance = static_cast<Real>(1e-6);
      const Real* input = piece.inputs[0];
      using std::abs;
      for (std::size_t i = 0; i < piece.size; ++i) {
        const Real distance = std::max(abs(piece.base[i] - input[i]), least_distance);
        const Real weight = std::clamp(t_ / distance, Real{0}, Real{1});
        out[i] = weight * input[i] + (1 - weight) * piece.base[i];
      }
    }

   private:
    accumulator<Real> t_;
  };
};

}  // namespace tensormerge
