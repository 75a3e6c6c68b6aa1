#pragma once

#include <algorithm>
#include <array>
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
    }
    void clear() {
      variances_.clear();
      varied_ = 0;
    }

   private:
    friend keep_most_varied;
    radix_select<double>::histogram variances_;
    std::uint64_t varied_ = 0;  // elements with a variance above zero
  };

  keep_most_varied(double share, std::uint64_t elements)
      : share_(share),
        elements_(elements),
        counted_(share >= 1 || !(share > 0)),
        largest_(elements, share >= 1 ? elements : share > 0 ? elements / 2 : 0) {}

  bool keeps_all() const { return share_ >= 1; }
  bool wants_observation() const { return !counted_ || largest_.wants_observation(); }

  /// Observes `count` elements of all models from `begin` on; their index in the tensor is `first`.
  void observe(std::span<const Real* const> inputs, const Real* base, std::size_t begin,
               std::size_t count, std::uint64_t first, statistic& seen) const {
    std::array<double, block_elements> variance;
    take_variance(inputs, base, begin, count, variance.data());
    if (!counted_) {
      seen.varied_ += count - static_cast<std::size_t>(std::count(
                                  variance.begin(), variance.begin() + count, 0.0));
    }
    if (largest_.wants_observation()) {
      largest_.observe(variance.data(), count, first, seen.variances_);
    }
  }

  void conclude(const statistic& seen) {
    if (!counted_) {
      counted_ = true;
      const float kept = static_cast<float>(seen.varied_) * static_cast<float>(share_);
      largest_ = radix_select<double>(elements_, static_cast<std::uint64_t>(kept));
    }
    // The first digit of any selection is the same, so its counts serve the one just made.
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
  static void take_variance(std::span<const Real* const> inputs, const Real* base,
                            std::size_t begin, std::size_t count, double* variance) {
    const double models = static_cast<double>(inputs.size());
    std::array<double, block_elements> mean;
    std::fill_n(mean.begin(), count, 0.0);
    std::fill_n(variance, count, 0.0);
    const auto delta = [=](const Real* input, std::size_t i) {
      using number = summary<Real>;
      return static_cast<double>(static_cast<number>(input[begin + i]) -
                                 static_cast<number>(base[begin + i]));
    };
    for (const Real* input : inputs) {
      for (std::size_t i = 0; i < count; ++i) mean[i] += delta(input, i);
    }
    for (std::size_t i = 0; i < count; ++i) mean[i] /= models;
    // Two loops, so that squares are rounded before they are added on every machine: fused
    // operations would order variances that are equal.
    std::array<double, block_elements> square;
    for (const Real* input : inputs) {
      for (std::size_t i = 0; i < count; ++i) {
        const double distance = delta(input, i) - mean[i];
        square[i] = distance * distance;
      }
      for (std::size_t i = 0; i < count; ++i) variance[i] += square[i];
    }
    for (std::size_t i = 0; i < count; ++i) variance[i] /= models;
  }

  double share_;
  std::uint64_t elements_;
  bool counted_;  // it is known how many elements vary
  radix_select<double> largest_;
};

}  // namespace tensormerge
