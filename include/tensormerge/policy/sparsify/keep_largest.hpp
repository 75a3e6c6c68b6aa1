#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/policy/sparsify/match_l1_norm.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps the `density` share of a task vector that is largest in magnitude: int(density * n)
/// elements, at least one where density > 0; equal magnitudes in order of their index. With
/// `rescale`, the kept elements get the L1 norm of all. Models sparsifier.
/// Ref: Yadav et al. 2023, "TIES-Merging" (arXiv 2306.01708), the trim step.
struct keep_largest {
  template <class Real>
  class selector {
   public:
    class statistic {
     public:
      static constexpr std::size_t scratch_bytes() {
        return radix_select<Real>::histogram::scratch_bytes();
      }
      explicit statistic(scratch& memory) : magnitudes_(memory) {}
      void combine(const statistic& other) {
        magnitudes_.combine(other.magnitudes_);
        all_.combine(other.all_);
        kept_.combine(other.kept_);
      }
      void clear() {
        magnitudes_.clear();
        all_ = {};
        kept_ = {};
      }

     private:
      friend selector;
      typename radix_select<Real>::histogram magnitudes_;
      exact_sum all_;
      exact_sum kept_;
    };

    template <class Parameters, class InputParameters>
    selector(const Parameters& shared, const InputParameters& input, const tensor_facts& facts)
        : largest_(facts.elements, kept_elements(input.density, facts.elements)),
          wants_norms_(shared.rescale && input.density > 0 && input.density < 1) {}

    bool wants_observation() const { return largest_.wants_observation() || wants_norms_; }

    void observe(delta_block<const Real> block, std::uint64_t first, statistic& seen) const {
      if (largest_.wants_observation()) {
        largest_.observe(block.values.data(), block.size(), first, seen.magnitudes_);
      } else if (wants_norms_) {
        std::array<Real, block_elements> kept;
        std::copy(block.values.begin(), block.values.end(), kept.begin());
        mask({std::span<Real>(kept.data(), block.size())}, first);
        seen.all_.add(sum_of_magnitudes(block.values.data(), block.size()));
        seen.kept_.add(sum_of_magnitudes(kept.data(), block.size()));
      }
    }

    void conclude(const statistic& seen) {
      if (largest_.wants_observation()) {
        largest_.conclude(seen.magnitudes_);
      } else if (wants_norms_) {
        scale_ = static_cast<Real>(match_l1_norm(seen.all_.value(), seen.kept_.value()));
        wants_norms_ = false;
      }
    }

    void keep(delta_block<Real> block, std::uint64_t first) const {
      mask(block, first);
      if (scale_ != Real{1}) {
        for (Real& x : block.values) x *= scale_;
      }
    }

   private:
    static std::uint64_t kept_elements(double density, std::uint64_t elements) {
      if (density >= 1) return elements;
      if (!(density > 0)) return 0;
      const double count = density * static_cast<double>(elements);
      return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(count));
    }

    void mask(delta_block<Real> block, std::uint64_t first) const {
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (!largest_.keeps(block[i], first + i)) block[i] = 0;
      }
    }

    radix_select<Real> largest_;
    bool wants_norms_;
    Real scale_ = 1;
  };
};

}  // namespace tensormerge
