#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The one input, times `scale` where that is given: out = scale * input. Cost: one pass.
struct passthrough {
  static constexpr method_facts facts{
      .name = "passthrough", .base = base_use::ignored, .most_inputs = 1};
  using parameters = passthrough_parameters;
  using input_parameters = passthrough_input_parameters;

  /// Whether the elements are left as they are, so that bytes can be copied.
  static bool copies(const input_parameters& input) { return !input.scale; }

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

    kernel(const parameters&, std::span<const input_parameters> inputs, const tensor_facts&,
           scratch&)
        : scale_(static_cast<accumulator<Real>>(inputs[0].scale.value_or(1.0))) {}

    using form_of = kernel;
    weighted_form<Real> form() const
      requires(!is_rounded<Real>)
    {
      return {.terms = weighted_form<Real>::of::inputs, .coefficients = {&scale_, 1}};
    }

    void apply(const tile<Real>& piece, Real* out) const {
      const Real* input = piece.inputs[0];
      for (std::size_t i = 0; i < piece.size; ++i) out[i] = scale_ * input[i];
    }

   private:
    accumulator<Real> scale_;
  };
};

}  // namespace tensormerge
