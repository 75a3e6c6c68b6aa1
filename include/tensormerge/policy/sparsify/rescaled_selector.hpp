#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/sparsify/match_l1_norm.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Whether a choice of elements (see rescaled_selector) scales them by itself.
template <class Choice, class Real>
concept scales_chosen =
    requires(const Choice& choice, Real* values, std::size_t size, std::uint64_t first) {
      { choice.scale(values, size, first, *values) } -> std::same_as<void>;
    };

/// The selector of a sparsifier that keeps or drops each element, and with `rescale` gives the kept
/// ones the L1 norm of all. A dropped NaN or infinity becomes NaN, so that it is seen.
///
/// `Choice` says which elements are kept. It is made and observes as a selector does, but
/// `observe(values, size, first, statistic)` takes a pointer; `keeps_all()` is true where nothing
/// is dropped, and `mask(values, size, first, kept)` writes a one for each element that is kept and
/// a zero for each other. It may have `scale(values, size, first, factor)`, which multiplies by the
/// mask and by `factor` at once (see scales_chosen), and `wants_sample()`, which is as a kernel's.
template <class Choice, class Real>
class rescaled_selector {
 public:
  class statistic {
   public:
    static constexpr std::size_t scratch_bytes() { return Choice::statistic::scratch_bytes(); }
    explicit statistic(scratch& memory) : choice_(memory) {}
    void combine(const statistic& other) {
      choice_.combine(other.choice_);
      all_.combine(other.all_);
      kept_.combine(other.kept_);
    }
    void clear() {
      choice_.clear();
      all_ = {};
      kept_ = {};
    }

   private:
    friend rescaled_selector;
    typename Choice::statistic choice_;
    exact_sum all_;
    exact_sum kept_;
  };

  template <class Parameters, class InputParameters>
  rescaled_selector(const Parameters& shared, const InputParameters& input,
                    const tensor_facts& facts, std::size_t number)
      : choice_(shared, input, facts, number),
        wants_norms_(shared.rescale && !choice_.keeps_all()) {}

  bool wants_observation() const { return choice_.wants_observation() || wants_norms_; }
  bool wants_sample() const { return tensormerge::wants_sample(choice_); }

  void observe(delta_block<const Real> block, std::uint64_t first, statistic& seen) const {
    const Real* values = block.values.data();
    const std::size_t size = block.size();
    if (choice_.wants_observation()) {
      choice_.observe(values, size, first, seen.choice_);
      return;
    }
    std::array<Real, block_elements> kept;
    choice_.mask(values, size, first, kept.data());
    const masked_sums sums = sums_of_magnitudes(values, kept.data(), size);
    seen.all_.add(sums.all);
    seen.kept_.add(sums.kept);
  }

  void conclude(const statistic& seen) {
    if (choice_.wants_observation()) {
      choice_.conclude(seen.choice_);
    } else {
      scale_ = static_cast<Real>(match_l1_norm(static_cast<summary<Real>>(seen.all_.value()),
                                              static_cast<summary<Real>>(seen.kept_.value())));
      wants_norms_ = false;
    }
  }

  void keep(delta_block<Real> block, std::uint64_t first) const {
    if (choice_.keeps_all()) return;
    if constexpr (scales_chosen<Choice, Real>) {
      choice_.scale(block.values.data(), block.size(), first, scale_);
    } else {
      static_assert(!requires(Choice& any) { &Choice::scale; },
                    "tensormerge: `scale(Real* values, std::size_t size, std::uint64_t first, Real "
                    "factor)` of a choice is const and returns void");
      std::array<Real, block_elements> kept;
      choice_.mask(block.values.data(), block.size(), first, kept.data());
      for (std::size_t i = 0; i < block.size(); ++i) block[i] *= kept[i] * scale_;
    }
  }

 private:
  Choice choice_;
  bool wants_norms_;
  Real scale_ = 1;
};

}  // namespace tensormerge
