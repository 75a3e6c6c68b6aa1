#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/tensor/delta.hpp>

namespace tensormerge {

namespace detail {

template <class Mixer, class Real>
concept mixes_deltas = requires(Mixer& mixer, const Mixer& done, double weight,
                                delta_block<const Real> block, std::size_t i) {
  requires std::constructible_from<Mixer, std::size_t, bool>;
  mixer.add(weight, block);
  { done.mixed(i) } -> std::same_as<Real>;
  { done.divisor(i) } -> std::same_as<Real>;
};

}  // namespace detail

/// What mixes the task vectors of all models into one, element by element.
///
/// `Consensus::mixer<Real>` takes the blocks of all models one after the other: made of the
/// `count` of the block's elements (at most block_elements) and of whether divisors will be asked
/// for, `add(weight, delta)` for each model, then `mixed(i)` is the weighted sum of the deltas that
/// take part at element i and `divisor(i)` the sum of their weights, 1 where that cannot be divided
/// by.
template <class Consensus, class Real>
concept consensus = detail::mixes_deltas<typename Consensus::template mixer<Real>, Real>;

/// Whether a consensus has `quick_mixer<Real>` too, and says so by `using mixes_quickly` of its own
/// name, which a policy derived from it does not inherit. It is used as a mixer is, but for rounded
/// types, and has the mixer's result wherever it `is_certain()`; elsewhere the mixer mixes the
/// block once more.
template <class Consensus, class Real>
concept has_quick_mixer =
    std::same_as<typename Consensus::mixes_quickly, Consensus> && !is_rounded<Real> &&
    detail::mixes_deltas<typename Consensus::template quick_mixer<Real>, Real> &&
    requires(const typename Consensus::template quick_mixer<Real>& done) {
      { done.is_certain() } -> std::same_as<bool>;
    };

/// Whether a Real holds a weight as well as others: it is zero, or neither too large for a Real nor
/// below the least normal one.
template <class Real>
bool holds_weight(double weight) {
  const Real size = static_cast<Real>(std::abs(weight));
  return weight == 0 ||
         (size >= std::numeric_limits<Real>::min() && size <= std::numeric_limits<Real>::max());
}

/// Whether a consensus mixes two models without a mixer in `Real`, and says so by `using mixes_two`
/// of its own name, which a policy derived from it does not inherit: `of_two(x, y)` is what its
/// mixer has as `mixed` of two weighted deltas, but for infinities of opposite signs. It may have
/// `is_sure(x, y)` for a Real: where that is false the mixer is asked, and so it is where a Real
/// does not hold the weights (see holds_weight).
template <class Consensus, class Real>
concept mixes_two =
    std::same_as<typename Consensus::mixes_two, Consensus> && !is_rounded<Real> &&
    requires(Real x, Real y) {
      { Consensus::of_two(x, y) } -> std::same_as<Real>;
    };

/// Whether a consensus is the weighted sum of all deltas, and says so by `using sums_everything` of
/// its own name, which a policy derived from it does not inherit.
template <class Consensus>
concept sums_everything = std::same_as<typename Consensus::sums_everything, Consensus>;

}  // namespace tensormerge
