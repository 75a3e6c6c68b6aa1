#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// At each element only the model takes part whose weighted delta is the largest in magnitude; of
/// opposite ones the positive, so that the order of the models does not matter. A NaN wins. Models
/// consensus.
/// Ref: Marczak et al. 2024, "MagMax" (arXiv 2407.06322).
struct largest_magnitude {
  template <class Real>
  class mixer {
   public:
    mixer(std::size_t count, bool) {
      for (std::size_t i = 0; i < count; ++i) {
        largest_[i] = 0;
        weight_[i] = 0;
      }
    }

    void add(double weight, delta_block<const Real> delta) {
      const Real factor = static_cast<Real>(weight);
      for (std::size_t i = 0; i < delta.size(); ++i) {
        const Real candidate = factor * delta[i];
        const Real magnitude = std::abs(candidate), so_far = std::abs(largest_[i]);
        const bool wins = !(magnitude <= so_far) || (magnitude == so_far && candidate > 0);
        const bool takes = wins && largest_[i] == largest_[i];  // nothing takes a NaN's place
        largest_[i] = takes ? candidate : largest_[i];
        weight_[i] = takes ? factor : weight_[i];
      }
    }

    Real mixed(std::size_t i) const { return largest_[i]; }
    Real divisor(std::size_t i) const { return weight_[i] == 0 ? Real{1} : weight_[i]; }

   private:
    std::array<Real, block_elements> largest_, weight_;
  };
};

}  // namespace tensormerge
