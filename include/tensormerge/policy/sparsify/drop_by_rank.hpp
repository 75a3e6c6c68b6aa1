#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/random/element_bits.hpp>
#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/policy/select/magnitude_ranks.hpp>
#include <tensormerge/policy/select/row_masks.hpp>
#include <tensormerge/policy/sparsify/match_l1_norm.hpp>
#include <tensormerge/policy/sparsify/row_sparsifier.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps each element of a task vector with a probability that grows with its place in the row's
/// order of magnitude, evenly from density - epsilon for the smallest to density + epsilon for the
/// largest (see magnitude_ranks). Draws are made by the seed, the tensor's name, the input's place
/// and the element's row and column. With `rescale`, the kept elements get the L1 norm of all.
/// Models row_sparsifier.
/// Ref: Deep et al. 2024, "DELLA-Merging" (arXiv 2406.11617), MAGPRUNE; rescaled as in mergekit
/// 0.1.5.
struct drop_by_rank {
  template <class Real>
  class selector {
   public:
    class statistic {
     public:
      static constexpr std::size_t scratch_bytes() { return magnitude_ranks::scratch_bytes(); }
      explicit statistic(scratch& memory) : ranks_(memory) {}
      void combine(const statistic& other) {
        all_.combine(other.all_);
        kept_.combine(other.kept_);
      }
      void clear() {
        all_ = {};
        kept_ = {};
      }

     private:
      friend selector;
      magnitude_ranks ranks_;
      exact_sum all_;
      exact_sum kept_;
    };

    template <class Parameters, class InputParameters>
    selector(const Parameters& shared, const InputParameters& input, const tensor_facts& facts,
             std::size_t number)
        : density_(input.density),
          epsilon_(input.epsilon),
          bits_(facts.random_key, static_cast<std::uint32_t>(number)),
          row_length_(facts.row_length),
          wants_norms_(shared.rescale && drops_some()) {}

    const char* problem() const {
      const bool possible = density_ - epsilon_ > 0 && density_ + epsilon_ < 1;
      return drops_some() && !possible
                 ? "density - epsilon and density + epsilon must lie between 0 and 1, both excluded"
                 : nullptr;
    }

    bool wants_observation() const { return wants_norms_; }

    /// Masks are remembered from the round that observes, where there is one.
    template <class Parameters>
    static std::size_t mask_words(const Parameters& shared, const tensor_facts& facts) {
      return shared.rescale ? row_masks::words_for(facts) : 0;
    }
    void remember(const row_masks& masks) { masks_ = masks; }

    /// Adds one row: `blocks(visit)` calls `visit` with each block of it.
    template <class Blocks>
    void observe_row(std::uint64_t row, Blocks&& blocks, statistic& seen) const {
      learn_order(blocks, seen);
      std::uint64_t column = 0;
      blocks([&](delta_block<Real> block) {
        std::array<Real, block_elements> kept;
        mask(block, row, column, seen, kept.data());
        if (masks_.has(row)) masks_.put(row, column, block.size(), kept.data());
        const Real* const values = block.values.data();
        const masked_sums sums = sums_of_magnitudes(values, kept.data(), block.size());
        seen.all_.add(sums.all);
        seen.kept_.add(sums.kept);
        column += block.size();
      });
    }

    void conclude(const statistic& seen) {
      scale_ = static_cast<Real>(match_l1_norm(static_cast<summary<Real>>(seen.all_.value()),
                                              static_cast<summary<Real>>(seen.kept_.value())));
      wants_norms_ = false;
      has_masks_ = true;
    }

    /// Learns the order of a row before its blocks are given to `keep`, in their order.
    template <class Blocks>
    void begin_row(std::uint64_t row, Blocks&& blocks, statistic& working) const {
      if (drops_some() && !remembers(row)) learn_order(blocks, working);
    }

    void keep(delta_block<Real> block, std::uint64_t row, std::uint64_t column,
              statistic& working) const {
      if (density_ >= 1) return;
      if (!drops_some()) {
        for (Real& x : block.values) x *= 0;
        return;
      }
      std::array<Real, block_elements> kept;
      if (remembers(row)) {
        masks_.get(row, column, block.size(), kept.data());
      } else {
        mask(block, row, column, working, kept.data());
      }
      for (std::size_t i = 0; i < block.size(); ++i) block[i] *= kept[i] * scale_;
    }

   private:
    /// Whether draws decide: neither all nor none are kept.
    bool drops_some() const { return density_ > 0 && density_ < 1; }
    bool remembers(std::uint64_t row) const { return has_masks_ && masks_.has(row); }

    /// Learns a row's order of magnitudes, for its blocks to be masked in their order.
    template <class Blocks>
    void learn_order(Blocks&& blocks, statistic& working) const {
      auto largest = magnitude_key(Real{});
      blocks([&](delta_block<Real> block) {
        for (const Real x : block.values) largest = std::max(largest, magnitude_key(x));
      });
      working.ranks_.begin(std::bit_cast<Real>(largest));
      blocks([&](delta_block<Real> block) {
        working.ranks_.count(block.values.data(), block.size());
      });
      working.ranks_.end_counting();
    }

    /// Ones for the elements of a block that are kept, and zeros for the others.
    void mask(delta_block<Real> block, std::uint64_t row, std::uint64_t column, statistic& working,
              Real* kept) const {
      std::array<std::uint32_t, block_elements> ranks;
      working.ranks_.place(block.values.data(), block.size(), ranks.data());
      const std::uint64_t blocks_in_row = (row_length_ + block_elements - 1) / block_elements;
      const std::uint64_t first = row * blocks_in_row * block_elements + column;
      element_bits::block bits;
      bits_.first_bits(first, bits);
      // In a row of one element, the only place is in the middle.
      const bool single = row_length_ == 1;
      const double lowest = single ? density_ : density_ - epsilon_;
      const double step = single ? 0 : 2 * epsilon_ / static_cast<double>(row_length_ - 1);
      // In units of 2^-16; bounded, for those who use parameters that problem() refuses.
      const auto probability = [&](std::size_t i) {
        const double units = (lowest + step * static_cast<double>(ranks[i])) * 0x1p16;
        return units > 0 ? std::min(units, 0x1p16) : 0;
      };
      std::int32_t undecided = 0;
      for (std::size_t i = 0; i < block.size(); ++i) {
        const auto limit = static_cast<std::int32_t>(probability(i));
        const auto drawn = static_cast<std::int32_t>(bits[i]);
        undecided |= drawn == limit ? 1 : 0;
        kept[i] = drawn < limit ? Real{1} : Real{0};
      }
      for (std::size_t i = 0; undecided != 0 && i < block.size(); ++i) {
        const double rest = probability(i) - static_cast<double>(bits[i]);
        if (rest < 0 || rest >= 1) continue;
        const double more = static_cast<double>(bits_.more_bits(first + i)) * 0x1p-32;
        kept[i] = more < rest ? Real{1} : Real{0};
      }
    }

    double density_;
    double epsilon_;
    element_bits bits_;
    std::uint64_t row_length_;
    bool wants_norms_;
    Real scale_ = 1;
    row_masks masks_;
    bool has_masks_ = false;
  };
};

}  // namespace tensormerge
