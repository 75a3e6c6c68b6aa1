#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/consensus/add_mixed.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/policy/select/row_masks.hpp>
#include <tensormerge/policy/sparsify/row_sparsifier.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// A task_vector_merge whose sparsifier is a row_sparsifier: it looks at a row (the last axis)
/// before it keeps any of it. Cost: the sparsifier's passes and one more.
template <class Sparsifier, class Consensus, class Parameters, class InputParameters>
struct row_task_vector_merge {
  using parameters = Parameters;
  using input_parameters = InputParameters;

  template <class Real>
  class kernel {
    static_assert(row_sparsifier<Sparsifier, Real>,
                  "tensormerge: a row sparsifier needs `template <class Real> class selector` with "
                  "the members that policy/sparsify/row_sparsifier.hpp lists");
    static_assert(consensus<Consensus, Real>,
                  "tensormerge: a consensus needs `template <class Real> class mixer` with the "
                  "members that policy/consensus/consensus.hpp lists");
    using selector = typename Sparsifier::template selector<Real>;
    using selector_statistic = typename selector::statistic;

   public:
    class statistic {
     public:
      explicit statistic(std::span<selector_statistic> inputs) : inputs_(inputs) {}
      void combine(const statistic& other) {
        for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].combine(other.inputs_[i]);
      }
      void clear() {
        for (selector_statistic& input : inputs_) input.clear();
      }

     private:
      friend kernel;
      std::span<selector_statistic> inputs_;
    };

    static std::size_t scratch_bytes(std::size_t inputs, const parameters& shared,
                                     const tensor_facts& facts) {
      return scratch::bytes_for<selector>(inputs) + scratch::bytes_for<double>(inputs) +
             inputs * scratch::bytes_for<std::uint32_t>(mask_words(shared, facts));
    }
    static std::size_t statistic_bytes(std::size_t inputs, const parameters&,
                                       const tensor_facts&) {
      return scratch::bytes_for<selector_statistic>(inputs) +
             inputs * selector_statistic::scratch_bytes();
    }
    static std::uint64_t rows_per_tile(const parameters&, const tensor_facts&) { return 1; }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& facts, scratch& memory)
        : row_length_(static_cast<std::size_t>(facts.row_length)),
          selectors_(memory.make<selector>(
              inputs.size(),
              [&](std::size_t i) { return selector(shared, inputs[i], facts, i); })),
          weights_(memory.make<double>(inputs.size(),
                                       [&](std::size_t i) { return inputs[i].weight; })),
          scaling_(mix_scaling<Real>::from(shared)) {
      if constexpr (remembers_masks<selector, parameters>) {
        for (selector& each : selectors_) {
          const auto words = memory.take<std::uint32_t>(mask_words(shared, facts));
          each.remember(row_masks(words, facts));
        }
      }
    }

    const char* problem() const {
      for (const selector& one : selectors_) {
        if (const char* found = one.problem()) return found;
      }
      return nullptr;
    }

    statistic make_statistic(scratch& memory) const {
      return statistic(memory.make<selector_statistic>(
          selectors_.size(), [&](std::size_t) { return selector_statistic(memory); }));
    }

    bool wants_observation() const {
      return std::any_of(selectors_.begin(), selectors_.end(),
                         [](const selector& s) { return s.wants_observation(); });
    }

    void observe(const tile<Real>& piece, statistic& seen) const {
      for (std::size_t begin = 0; begin < piece.size; begin += row_length_) {
        for (std::size_t i = 0; i < selectors_.size(); ++i) {
          if (!selectors_[i].wants_observation()) continue;
          selectors_[i].observe_row(row_at(piece, begin), blocks_of(piece, i, begin),
                                    seen.inputs_[i]);
        }
      }
    }

    void conclude(const statistic& seen) {
      for (std::size_t i = 0; i < selectors_.size(); ++i) {
        if (selectors_[i].wants_observation()) selectors_[i].conclude(seen.inputs_[i]);
      }
    }

    void apply(const tile<Real>& piece, Real* out, statistic& working) const {
      std::array<Real, block_elements> delta;
      for (std::size_t begin = 0; begin < piece.size; begin += row_length_) {
        for (std::size_t i = 0; i < selectors_.size(); ++i) {
          selectors_[i].begin_row(row_at(piece, begin), blocks_of(piece, i, begin),
                                  working.inputs_[i]);
        }
        for (std::size_t column = 0; column < row_length_; column += block_elements) {
          const std::size_t count = std::min(block_elements, row_length_ - column);
          const std::size_t place = begin + column;
          const delta_block<Real> block{{delta.data(), count}};
          typename Consensus::template mixer<Real> mixer(count, scaling_.normalize);
          for (std::size_t i = 0; i < selectors_.size(); ++i) {
            take_delta(piece.inputs[i] + place, piece.base + place, block);
            selectors_[i].keep(block, row_at(piece, begin), column, working.inputs_[i]);
            mixer.add(weights_[i], {block.values});
          }
          add_mixed(mixer, scaling_, piece.base + place, out, place, count);
        }
      }
    }

   private:
    static std::size_t mask_words(const parameters& shared, const tensor_facts& facts) {
      if constexpr (remembers_masks<selector, parameters>) {
        return selector::mask_words(shared, facts);
      } else {
        return 0;
      }
    }

    std::uint64_t row_at(const tile<Real>& piece, std::size_t begin) const {
      return (piece.first + begin) / row_length_;
    }

    /// The blocks of the row of an input's task vector that begins there in the tile.
    auto blocks_of(const tile<Real>& piece, std::size_t input, std::size_t begin) const {
      return [this, weights = piece.inputs[input] + begin,
              base = piece.base + begin](auto&& visit) {
        std::array<Real, block_elements> delta;
        for (std::size_t column = 0; column < row_length_; column += block_elements) {
          const delta_block<Real> block{
              {delta.data(), std::min(block_elements, row_length_ - column)}};
          take_delta(weights + column, base + column, block);
          visit(block);
        }
      };
    }

    std::size_t row_length_;
    std::span<selector> selectors_;
    std::span<double> weights_;
    mix_scaling<Real> scaling_;
  };
};

}  // namespace tensormerge
