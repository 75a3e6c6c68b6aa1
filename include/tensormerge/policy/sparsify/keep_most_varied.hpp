#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps, in all task vectors alike, the share of elements in which the models differ most: the k
/// elements of largest variance over the models, where k is that share of the elements whose
/// variance is not zero, truncated; equal variances in order of their index. Variances are computed
/// in double, so that rounding does not choose.
/// Ref: Wan et al. 2024, "FuseChat" (arXiv 2408.07990), the selection step of SCE; k as in mergekit
/// 0.1.5, which takes the product in float.
template <class Real>
class keep_most_varied {
 public:
  class statistic {
   public:
    static constexpr std::size_t scratch_bytes() {
      return radix_select<double>::histogram::scratch_bytes();
    }
    explicit statistic(scratch& memory) : variances_(memory) {}
    void combine(const statistic& other) {
      variances_.combine(other.variances_);
      varied_ += other.varied_;
      observed_ += other.observed_;
    }
    void clear() {
      variances_.clear();
      varied_ = observed_ = 0;
    }

   private:
    friend keep_most_varied;
    radix_select<double>::histogram variances_;
    std::uint64_t varied_ = 0;  // elements with a variance above zero
    std::uint64_t observed_ = 0;
  };

  keep_most_varied(double share, std::uint64_t elements)
      : share_(share),
        elements_(elements),
        counted_(share >= 1 || !(share > 0)),
        largest_(elements, share >= 1 ? elements : share > 0 ? elements / 2 : 0) {}

  bool keeps_all() const { return share_ >= 1; }
  bool wants_observation() const { return !counted_ || largest_.wants_observation(); }
  bool wants_sample() const { return largest_.wants_sample(); }

  /// Observes `count` elements of all models from `begin` on; their index in the tensor is `first`.
  void observe(std::span<const Real* const> inputs, const Real* base, std::size_t begin,
               std::size_t count, std::uint64_t first, statistic& seen) const {
    std::array<double, block_elements> variance;
    take_variance(inputs, base, begin, count, variance.data());
    if (!counted_) {
      seen.varied_ += count - static_cast<std::size_t>(std::count(
                                  variance.begin(), variance.begin() + count, 0.0));
      seen.observed_ += count;
    }
    if (largest_.wants_observation()) {
      largest_.observe(variance.data(), count, first, seen.variances_);
    }
  }

  void conclude(const statistic& seen) {
    if (!counted_) {
      counted_ = !largest_.wants_sample();
      largest_.want(counted_ ? kept_of(seen.varied_) : estimate(seen));
    }
    if (largest_.wants_observation()) largest_.conclude(seen.variances_);
  }

  /// Ones for the kept elements and zeros for the others.
  void mask(std::span<const Real* const> inputs, const Real* base, std::size_t begin,
            std::size_t count, std::uint64_t first, Real* kept) const {
    if (keeps_all()) {
      std::fill_n(kept, count, Real{1});
      return;
    }
    std::array<double, block_elements> variance, chosen;
    take_variance(inputs, base, begin, count, variance.data());
    largest_.mask(variance.data(), count, first, chosen.data());
    for (std::size_t i = 0; i < count; ++i) kept[i] = static_cast<Real>(chosen[i]);
  }

 private:
  std::uint64_t kept_of(std::uint64_t varied) const {
    return static_cast<std::uint64_t>(static_cast<float>(varied) * static_cast<float>(share_));
  }

  /// How many are probably kept, as far as a sample tells; some and not all, so that counting goes
  /// on.
  std::uint64_t estimate(const statistic& sample) const {
    const double varied = static_cast<double>(sample.varied_) /
                          static_cast<double>(std::max<std::uint64_t>(sample.observed_, 1));
    const double kept = share_ * varied * static_cast<double>(elements_);
    return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(kept), 1, elements_ - 1);
  }

  /// Of `count` elements the variance over the models, in a unit of its own.
  static void take_variance(std::span<const Real* const> inputs, const Real* base,
                            std::size_t begin, std::size_t count, double* variance) {
    if (inputs.size() == 2 && !is_rounded<Real>) {
      // Proportional to the square of their difference, whatever the base.
      for (std::size_t i = 0; i < count; ++i) {
        const double distance = static_cast<double>(inputs[0][begin + i]) -
                                static_cast<double>(inputs[1][begin + i]);
        variance[i] = distance * distance;
      }
      return;
    }
    using number = summary<Real>;
    const double models = static_cast<double>(inputs.size());
    // Exact where it is used: a product takes a fraction of a quotient's time.
    const double share = std::has_single_bit(inputs.size()) ? 1 / models : 0;
    std::array<double, block_elements> mean;
    const auto delta = [=](const Real* input, std::size_t i) {
      return static_cast<double>(static_cast<number>(input[begin + i]) -
                                 static_cast<number>(base[begin + i]));
    };
    std::fill_n(mean.begin(), count, 0.0);
    for (const Real* input : inputs) {
      for (std::size_t i = 0; i < count; ++i) mean[i] += delta(input, i);
    }
    if (share > 0) {
      for (std::size_t i = 0; i < count; ++i) mean[i] *= share;
    } else {
      for (std::size_t i = 0; i < count; ++i) mean[i] /= models;
    }
    // Two loops, so that squares are rounded before they are added on every machine: fused
    // operations would order variances that are equal.
    std::array<double, block_elements> square;
    std::fill_n(variance, count, 0.0);
    for (const Real* input : inputs) {
      for (std::size_t i = 0; i < count; ++i) {
        const double distance = delta(input, i) - mean[i];
        square[i] = distance * distance;
      }
      for (std::size_t i = 0; i < count; ++i) variance[i] += square[i];
    }
  }

  double share_;
  std::uint64_t elements_;
  bool counted_;  // it is known how many elements vary
  radix_select<double> largest_;
};

}  // namespace tensormerge
