#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/select/largest_in_block.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Gives every element to at most one task vector: from each block of 256 consecutive elements the
/// first model takes the int(density * 256) largest in magnitude of its task vector, the next model
/// its largest of those that are left, and so on: out = base + lambda * weight_i * delta_i for the
/// model i that took the element. The order of the models matters. Cost: one pass.
/// Ref: Yang et al. 2025, "CABS" (arXiv 2503.01874), n:m sparsification with m = 256.
struct cabs {
  static constexpr method_facts facts{.name = "cabs", .base = base_use::required};
  using parameters = cabs_parameters;
  using input_parameters = cabs_input_parameters;

  template <class Real>
  class kernel : public needs_no_observation<Real> {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<share>(inputs);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts&, scratch& memory)
        : shares_(memory.make<share>(inputs.size(), [&](std::size_t i) {
            return share{static_cast<Real>(shared.lambda * inputs[i].weight),
                         std::clamp(inputs[i].density, 0.0, 1.0)};
          })) {}

    void apply(const tile<Real>& piece, Real* out) const {
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        std::array<Real, block_elements> delta, available, taken;
        std::fill_n(available.begin(), count, Real{1});
        std::copy_n(piece.base + begin, count, out + begin);
        for (std::size_t i = 0; i < shares_.size(); ++i) {
          take_delta(piece.inputs[i] + begin, piece.base + begin,
                     delta_block<Real>{{delta.data(), count}});
          const double wanted = shares_[i].density * static_cast<double>(count);
          largest_in_block(delta.data(), available.data(), count, static_cast<std::size_t>(wanted),
                           taken.data());
          for (std::size_t j = 0; j < count; ++j) {
            available[j] -= taken[j];
            out[begin + j] += taken[j] * (shares_[i].factor * delta[j]);
          }
        }
      });
    }

   private:
    struct share {
      Real factor;
      double density;
    };

    std::span<share> shares_;
  };
};

}  // namespace tensormerge
