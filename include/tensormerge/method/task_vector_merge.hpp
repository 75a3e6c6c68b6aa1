#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/prefetch.hpp>
#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/consensus/add_mixed.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/policy/interpolate/displaced_sum.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/loaded_block.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Adds a mix of the inputs' task vectors to the base:
/// out = base + lambda * mix(sparse(input_i - base), weight_i), divided by the weights that took
/// part where `normalize` is set.
/// Shapes: base, inputs and out equal. Cost: the sparsifier's passes and one more.
/// Ref: Ilharco et al. 2023, "Editing models with task arithmetic" (arXiv 2212.04089).
template <class Sparsifier, class Consensus, class Parameters, class InputParameters>
struct task_vector_merge {
  using parameters = Parameters;
  using input_parameters = InputParameters;

  template <class Real>
  class kernel {
    static_assert(sparsifier<Sparsifier, Real>,
                  "tensormerge: a sparsifier needs `template <class Real> class selector` with the "
                  "members that policy/sparsify/sparsifier.hpp lists");
    static_assert(consensus<Consensus, Real>,
                  "tensormerge: a consensus needs `template <class Real> class mixer` with the "
                  "members that policy/consensus/consensus.hpp lists");
    using selector = typename Sparsifier::template selector<Real>;
    using selector_statistic = typename selector::statistic;
    static constexpr bool is_plain_sum =
        keeps_everything<Sparsifier> && sums_everything<Consensus> && !is_rounded<Real>;

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

    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<selector>(inputs) + scratch::bytes_for<double>(inputs) +
             scratch::bytes_for<Real>(is_plain_sum ? inputs : 0);
    }
    static constexpr std::size_t statistic_bytes(std::size_t inputs) {
      return scratch::bytes_for<selector_statistic>(inputs) +
             inputs * selector_statistic::scratch_bytes();
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& facts, scratch& memory)
        : selectors_(memory.make<selector>(
              inputs.size(),
              [&](std::size_t i) { return selector(shared, inputs[i], facts, i); })),
          weights_(memory.make<double>(inputs.size(),
                                       [&](std::size_t i) { return inputs[i].weight; })),
          scaling_(mix_scaling<Real>::from(shared)),
          coefficients_(memory.make<Real>(is_plain_sum ? inputs.size() : 0, [&](std::size_t i) {
            return static_cast<Real>(shared.lambda * inputs[i].weight);
          })) {}

    statistic make_statistic(scratch& memory) const {
      return statistic(memory.make<selector_statistic>(
          selectors_.size(), [&](std::size_t) { return selector_statistic(memory); }));
    }

    bool wants_observation() const {
      return std::any_of(selectors_.begin(), selectors_.end(),
                         [](const selector& s) { return s.wants_observation(); });
    }

    bool wants_sample() const {
      return std::all_of(selectors_.begin(), selectors_.end(), [](const selector& s) {
        return !s.wants_observation() || tensormerge::wants_sample(s);
      });
    }

    using reads_stored = kernel;
    template <class Element>
    void observe(const tile<Real, Element>& piece, statistic& seen) const {
      std::array<Real, block_elements> delta;
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        const loaded_block<Real, Element> base(piece.base + begin, count);
        prefetch_next(piece.base, piece, begin, count);
        for (std::size_t i = 0; i < selectors_.size(); ++i) {
          if (!selectors_[i].wants_observation()) continue;
          const delta_block<Real> block{{delta.data(), count}};
          take_delta(piece.inputs[i] + begin, base, block);
          prefetch_next(piece.inputs[i], piece, begin, count);
          selectors_[i].observe({block.values}, piece.first + begin, seen.inputs_[i]);
        }
      });
    }

    void conclude(const statistic& seen) {
      for (std::size_t i = 0; i < selectors_.size(); ++i) {
        if (selectors_[i].wants_observation()) selectors_[i].conclude(seen.inputs_[i]);
      }
    }

    using form_of = kernel;
    weighted_form<Real> form() const
      requires is_plain_sum
    {
      if (scaling_.normalize) return {};
      return {.terms = weighted_form<Real>::of::deltas, .coefficients = coefficients_};
    }

    /// `out` is a pointer to Real or a stored_result; a plain sum has its own way to be stored.
    template <class Element, class Result>
      requires(!is_plain_sum || std::same_as<Result, Real*>)
    void apply(const tile<Real, Element>& piece, Result out) const {
      if constexpr (is_plain_sum) {
        if (!scaling_.normalize) {
          displaced_sum<Real>(piece.inputs, piece.base, coefficients_, out, piece.size);
          return;
        }
      }
      std::array<Real, block_elements> delta;
      // Where models cancel once, they do so often: only the mixer is asked then.
      bool is_quick = true;
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        const loaded_block<Real, Element> base(piece.base + begin, count);
        prefetch_next(piece.base, piece, begin, count);
        if constexpr (mixes_two<Consensus, Real>) {
          if (is_quick && selectors_.size() == 2 && !scaling_.normalize) {
            is_quick = mix_two(piece, base, out, begin, count);
            if (is_quick) return;
          }
        }
        const delta_block<Real> block{{delta.data(), count}};
        const auto mix = [&](auto& mixer) {
          for (std::size_t i = 0; i < selectors_.size(); ++i) {
            take_delta(piece.inputs[i] + begin, base, block);
            prefetch_next(piece.inputs[i], piece, begin, count);
            selectors_[i].keep(block, piece.first + begin);
            mixer.add(weights_[i], {block.values});
          }
        };
        if constexpr (has_quick_mixer<Consensus, Real>) {
          if (is_quick) {
            typename Consensus::template quick_mixer<Real> mixer(count, scaling_.normalize);
            mix(mixer);
            is_quick = mixer.is_certain();
            if (is_quick) {
              add_mixed(mixer, scaling_, base, out, begin, count);
              return;
            }
          }
        }
        typename Consensus::template mixer<Real> mixer(count, scaling_.normalize);
        mix(mixer);
        add_mixed(mixer, scaling_, base, out, begin, count);
      });
    }

   private:
    /// The next block of a tensor, if the piece has one: it arrives while this one is worked on.
    template <class Element>
    static void prefetch_next(const Element* from, const tile<Real, Element>& piece,
                              std::size_t begin, std::size_t count) {
      if (begin + count < piece.size) prefetch(from, begin + count, count);
    }

    /// A block of two inputs without a mixer; whether it was made (see add_mixed_two).
    template <class Element, class Base, class Result>
    bool mix_two(const tile<Real, Element>& piece, const Base& base, const Result& out,
                 std::size_t begin, std::size_t count) const {
      std::array<Real, block_elements> first, second;
      const delta_block<Real> one{{first.data(), count}}, other{{second.data(), count}};
      take_delta(piece.inputs[0] + begin, base, one);
      take_delta(piece.inputs[1] + begin, base, other);
      prefetch_next(piece.inputs[0], piece, begin, count);
      selectors_[0].keep(one, piece.first + begin);
      prefetch_next(piece.inputs[1], piece, begin, count);
      selectors_[1].keep(other, piece.first + begin);
      return add_mixed_two<Consensus, Real>({weights_[0], weights_[1]},
                                            {first.data(), second.data()}, scaling_.lambda, base,
                                            out, begin, count);
    }

    std::span<selector> selectors_;
    std::span<double> weights_;
    mix_scaling<Real> scaling_;
    std::span<Real> coefficients_;  // of a plain sum
  };
};

}  // namespace tensormerge
