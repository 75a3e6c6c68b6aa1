#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Task arithmetic on the elements that matter to several models. With the sum
/// total = sum(weight_i * delta_i), an element matters to model i where
/// |delta_i| >= mask_lambda_i * |total - delta_i| (its TALL mask); elements that matter to at least
/// `min_agreement` models, or to all where there are fewer, become base + lambda * total, the
/// others stay the base's. Masks are decided in double. Cost: one pass.
/// Ref: Wang et al. 2024, "Localizing task information for improved model merging and compression"
/// (arXiv 2405.07813), consensus merging.
struct consensus_ta {
  static constexpr method_facts facts{.name = "consensus_ta", .base = base_use::required};
  using parameters = consensus_ta_parameters;
  using input_parameters = consensus_ta_input_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<input_parameters>(inputs);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts&, scratch& memory)
        : inputs_(memory.make<input_parameters>(inputs.size(),
                                                [&](std::size_t i) { return inputs[i]; })),
          lambda_(shared.lambda),
          least_models_(std::min(static_cast<double>(shared.min_agreement),
                                 static_cast<double>(inputs.size()))) {}

    void apply(const tile<Real>& piece, Real* out) const {
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        std::array<double, block_elements> total{}, models{}, delta;
        for (std::size_t input = 0; input < inputs_.size(); ++input) {
          take(piece, input, begin, count, delta.data());
          for (std::size_t i = 0; i < count; ++i) total[i] += inputs_[input].weight * delta[i];
        }
        for (std::size_t input = 0; input < inputs_.size(); ++input) {
          const double mask_lambda = inputs_[input].mask_lambda;
          take(piece, input, begin, count, delta.data());
          for (std::size_t i = 0; i < count; ++i) {
            const double others = mask_lambda * std::abs(total[i] - delta[i]);
            // Negated, so that a NaN is let through and seen.
            models[i] += !(std::abs(delta[i]) < others) ? 1.0 : 0.0;
          }
        }
        for (std::size_t i = 0; i < count; ++i) {
          const double base = static_cast<double>(piece.base[begin + i]);
          // Multiplied, so that an infinity that is left out is seen.
          const double share = models[i] >= least_models_ ? lambda_ : 0.0;
          out[begin + i] = static_cast<Real>(base + share * total[i]);
        }
      });
    }

   private:
    static void take(const tile<Real>& piece, std::size_t input, std::size_t begin,
                     std::size_t count, double* delta) {
      for (std::size_t i = 0; i < count; ++i) {
        delta[i] = static_cast<double>(piece.inputs[input][begin + i]) -
                   static_cast<double>(piece.base[begin + i]);
      }
    }

    std::span<input_parameters> inputs_;
    double lambda_;
    double least_models_;
  };
};

}  // namespace tensormerge
