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
        : t_(static_cast<accumulator<Real>>(std::max(shared.t, 0.0))) {}

    using element_of = kernel;
    auto element() const {
      return [t = t_](Real base, Real input) {
        constexpr Real least_distance = static_cast<Real>(1e-6);
        using std::abs;
        const Real distance = std::max(abs(base - input), least_distance);
        const Real weight = std::min(t / distance, Real{1});
        return weight * input + (1 - weight) * base;
      };
    }

    void apply(const tile<Real>& piece, Real* out) const {
      const auto make = element();
      for (std::size_t i = 0; i < piece.size; ++i) {
        out[i] = make(piece.base[i], piece.inputs[0][i]);
      }
    }

   private:
    accumulator<Real> t_;
  };
};

}  // namespace tensormerge
