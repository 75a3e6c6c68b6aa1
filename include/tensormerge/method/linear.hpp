#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/policy/interpolate/weighted_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The weighted sum of the inputs; with `normalize`, divided by the sum of the weights.
/// out = sum(weight_i * input_i) / sum(weight_i). Weights that sum to zero give infinities, which
/// a plan refuses. Cost: one pass. Ref: Wortsman et al. 2022, "Model soups" (arXiv 2203.05482).
struct linear {
  static constexpr method_facts facts{.name = "linear", .base = base_use::ignored};
  using parameters = linear_parameters;
  using input_parameters = linear_input_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<accumulator<Real>>(inputs);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts&, scratch& memory)
        : coefficients_(memory.take<accumulator<Real>>(inputs.size())) {
      double total = 0;
      for (const input_parameters& input : inputs) total += input.weight;
      const double divisor = shared.normalize ? total : 1.0;
      divisor_ = static_cast<accumulator<Real>>(divisor);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const double weight = inputs[i].weight;
        coefficients_[i] =
            static_cast<accumulator<Real>>(is_rounded<Real> ? weight : weight / divisor);
      }
    }

    using form_of = kernel;
    weighted_form<Real> form() const
      requires(!is_rounded<Real>)
    {
      return {.terms = weighted_form<Real>::of::inputs, .coefficients = coefficients_};
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if constexpr (is_rounded<Real>) {
        divided_sum<Real>(piece.inputs, coefficients_, divisor_, out, piece.size);
      } else {
        weighted_sum<Real>(piece.inputs, coefficients_, out, piece.size);
      }
    }

   private:
    std::span<accumulator<Real>> coefficients_;
    accumulator<Real> divisor_;  // of a sum that is divided last
  };
};

}  // namespace tensormerge
