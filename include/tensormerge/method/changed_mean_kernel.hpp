#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Adds to each element of the base the mean of those task vectors that change it, that is by more
/// than `epsilon`. An element that one model alone changes gets that model's change times the
/// model's gain, which follows from how many elements the model changes alone and with others.
///
/// `Gain` is made from the method's parameters; `Gain::needs_counts` says whether the counts matter
/// and `factor(with_others, alone)` is the gain.
/// Cost: one pass, and one more where counts are needed.
template <class Gain, class Real>
class changed_mean_kernel {
  struct counts {
    std::uint64_t with_others = 0;
    std::uint64_t alone = 0;
  };

 public:
  class statistic {
   public:
    explicit statistic(std::span<counts> inputs) : inputs_(inputs) {}
    void combine(const statistic& other) {
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        inputs_[i].with_others += other.inputs_[i].with_others;
        inputs_[i].alone += other.inputs_[i].alone;
      }
    }
    void clear() { std::fill(inputs_.begin(), inputs_.end(), counts{}); }

   private:
    friend changed_mean_kernel;
    std::span<counts> inputs_;
  };

  static constexpr std::size_t scratch_bytes(std::size_t inputs) {
    return scratch::bytes_for<Real>(inputs);
  }
  static constexpr std::size_t statistic_bytes(std::size_t inputs) {
    return scratch::bytes_for<counts>(inputs);
  }

  template <class Parameters, class Inputs>
  changed_mean_kernel(const Parameters& shared, const Inputs& inputs, const tensor_facts&,
                      scratch& memory)
      : gain_(shared),
        unchanged_to_(round_down(shared.epsilon)),
        gains_(memory.make<Real>(inputs.size(), [](std::size_t) { return Real{1}; })),
        counted_(!Gain::needs_counts) {}

  statistic make_statistic(scratch& memory) const {
    return statistic(memory.take<counts>(gains_.size()));
  }
  bool wants_observation() const { return !counted_; }

  void observe(const tile<Real>& piece, statistic& seen) const {
    for_each_block(piece, [&](std::size_t begin, std::size_t count) {
      std::array<std::uint32_t, block_elements> models{};
      for (const Real* input : piece.inputs) {
        for (std::size_t i = 0; i < count; ++i) {
          models[i] += changes(input[begin + i] - piece.base[begin + i]) ? 1 : 0;
        }
      }
      for (std::size_t input = 0; input < piece.inputs.size(); ++input) {
        std::uint32_t all = 0, alone = 0;
        for (std::size_t i = 0; i < count; ++i) {
          const bool on = changes(piece.inputs[input][begin + i] - piece.base[begin + i]);
          all += on ? 1 : 0;
          alone += on && models[i] == 1 ? 1 : 0;
        }
        seen.inputs_[input].with_others += all - alone;
        seen.inputs_[input].alone += alone;
      }
    });
  }

  void conclude(const statistic& seen) {
    for (std::size_t i = 0; i < gains_.size(); ++i) {
      const counts& input = seen.inputs_[i];
      gains_[i] = static_cast<Real>(gain_.factor(static_cast<double>(input.with_others),
                                                 static_cast<double>(input.alone)));
    }
    counted_ = true;
  }

  using element_of = changed_mean_kernel;
  auto element() const
    requires(!is_rounded<Real> && !Gain::needs_counts)
  {
    return [limit = unchanged_to_](Real base, auto... inputs) {
      constexpr std::size_t number = sizeof...(inputs);
      const std::array<Real, number> deltas{(inputs - base)...};
      Real sum = 0, models = 0;
      for (const Real delta : deltas) {
        const bool is_change = !(std::abs(delta) <= limit);
        sum += is_change ? delta : Real{0};
        models += is_change ? Real{1} : Real{0};
      }
      // Halving is what a division by 2 gives, and faster.
      if constexpr (number <= 2) return base + sum * (models == 2 ? Real{0.5} : Real{1});
      else return base + sum / std::max(models, Real{1});
    };
  }

  void apply(const tile<Real>& piece, Real* out) const {
    for_each_block(piece, [&](std::size_t begin, std::size_t count) {
      if constexpr (is_rounded<Real>) {
        apply_rounded(piece, out, begin, count);
        return;
      }
      std::array<Real, block_elements> sum, models;
      std::array<Real, Gain::needs_counts ? block_elements : 0> gained;
      const auto take_part = [&](std::size_t input, auto add) {
        const Real gain = gains_[input];
        for (std::size_t i = 0; i < count; ++i) {
          const Real delta = piece.inputs[input][begin + i] - piece.base[begin + i];
          const Real change = changes(delta) ? delta : Real{0};
          add(models[i], changes(delta) ? Real{1} : Real{0});
          add(sum[i], change);
          if constexpr (Gain::needs_counts) add(gained[i], gain * change);
        }
      };
      take_part(0, [](Real& total, Real term) { total = term; });
      for (std::size_t input = 1; input < piece.inputs.size(); ++input) {
        take_part(input, [](Real& total, Real term) { total += term; });
      }
      for (std::size_t i = 0; i < count; ++i) {
        Real change = sum[i] / std::max(models[i], Real{1});
        if constexpr (Gain::needs_counts) change = models[i] == 1 ? gained[i] : change;
        out[begin + i] = piece.base[begin + i] + change;
      }
    });
  }

 private:
  /// In a rounded type each model's share is divided before the shares are summed.
  void apply_rounded(const tile<Real>& piece, Real* out, std::size_t begin,
                     std::size_t count) const {
    for (std::size_t i = begin; i < begin + count; ++i) {
      const Real base = piece.base[i];
      int models = 0;
      for (const Real* input : piece.inputs) models += changes(input[i] - base) ? 1 : 0;
      accumulator<Real> sum = 0;
      for (std::size_t input = 0; input < piece.inputs.size(); ++input) {
        const Real delta = piece.inputs[input][i] - base;
        if (!changes(delta)) continue;
        const Real share = models == 1 ? gains_[input] * delta : delta / Real{models};
        sum += static_cast<accumulator<Real>>(share);
      }
      out[i] = base + static_cast<Real>(sum);
    }
  }

  /// Also true for a NaN, so that it is seen in the result.
  bool changes(Real delta) const {
    using std::abs;
    return !(abs(delta) <= unchanged_to_);
  }

  /// The largest Real up to `x`: no Real lies between the two. The nearest for a rounded type.
  static Real round_down(double x) {
    const Real nearest = static_cast<Real>(x);
    if constexpr (is_rounded<Real>) {
      return nearest;
    } else {
      const bool above = static_cast<double>(nearest) > x;
      return above ? std::nextafter(nearest, -std::numeric_limits<Real>::infinity()) : nearest;
    }
  }

  Gain gain_;
  Real unchanged_to_;
  std::span<Real> gains_;
  bool counted_;
};

}  // namespace tensormerge
