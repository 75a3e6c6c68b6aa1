#pragma once

#include <array>
#include <cstddef>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Every model takes part everywhere. Weights whose sum is below 1e-8 in magnitude are not divided
/// by, as in mergekit 0.1.5. Models consensus.
struct all_agree {
  using sums_everything = all_agree;
  using mixes_two = all_agree;

  /// Of double alone: passes over memory are what takes time there, and not in float.
  static double of_two(double x, double y) { return (0 + x) + y; }

  template <class Real>
  class mixer {
   public:
    mixer(std::size_t, bool) {}

    void add(double weight, delta_block<const Real> delta) {
      const Real factor = static_cast<Real>(weight);
      const auto term = [&](std::size_t i) {
        return static_cast<accumulator<Real>>(factor * delta[i]);
      };
      if (is_first_) {
        for (std::size_t i = 0; i < delta.size(); ++i) mixed_[i] = 0 + term(i);
        is_first_ = false;
      } else {
        for (std::size_t i = 0; i < delta.size(); ++i) mixed_[i] += term(i);
      }
      total_ += static_cast<double>(static_cast<summary<Real>>(weight));
    }

    Real mixed(std::size_t i) const { return static_cast<Real>(mixed_[i]); }
    Real divisor(std::size_t) const {
      constexpr double negligible = 1e-8;
      const bool divides = total_ >= negligible || total_ <= -negligible;
      return divides ? static_cast<Real>(total_) : Real{1};
    }

   private:
    bool is_first_ = true;
    std::array<accumulator<Real>, block_elements> mixed_;
    double total_ = 0;
  };
};

}  // namespace tensormerge
