#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/tensor/result_block.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// How the mix of the task vectors is added to the base: out = base + lambda * mixed, and with
/// `normalize` the mix is divided by the weights that took part.
template <class Real>
struct mix_scaling {
  accumulator<Real> lambda = 1;
  bool normalize = false;

  /// From a method's parameters, which may lack `normalize`.
  template <class Parameters>
  static mix_scaling from(const Parameters& shared) {
    mix_scaling scaling{.lambda = static_cast<accumulator<Real>>(shared.lambda),
                        .normalize = false};
    if constexpr (requires { shared.normalize; }) scaling.normalize = shared.normalize;
    return scaling;
  }
};

/// Adds what a consensus' mixer holds to `count` elements of `base`, which are Real. They are the
/// result's from `begin` on (see make_block).
template <class Real, class Mixer, class Base, class Result>
void add_mixed(const Mixer& mixer, mix_scaling<Real> scaling, const Base& base, const Result& out,
               std::size_t begin, std::size_t count) {
  if (scaling.normalize) {
    make_block<Real>(out, begin, count, [&](std::size_t i) {
      return base[i] + scaling.lambda * (mixer.mixed(i) / mixer.divisor(i));
    });
  } else {
    make_block<Real>(out, begin, count, [&](std::size_t i) {
      return base[i] + scaling.lambda * mixer.mixed(i);
    });
  }
}

/// Adds what a consensus that mixes two makes of a pair of deltas to `count` elements of `base`, at
/// most block_elements, and returns true; or writes nothing and returns false where it is not sure
/// of one of them. There is nothing to normalize.
template <class Consensus, class Real, class Base, class Result>
  requires mixes_two<Consensus, Real>
bool add_mixed_two(std::array<double, 2> weights, std::array<const Real*, 2> deltas, Real lambda,
                   const Base& base, const Result& out, std::size_t begin, std::size_t count) {
  const auto [first, second] = deltas;
  const Real a = static_cast<Real>(weights[0]), b = static_cast<Real>(weights[1]);
  if constexpr (requires { Consensus::is_sure(a, b); }) {
    if (!holds_weight<Real>(weights[0]) || !holds_weight<Real>(weights[1])) return false;
    // As wide as a Real, so that the loop vectorises.
    std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t> open = 0;
    std::array<Real, block_elements> made;
    for (std::size_t i = 0; i < count; ++i) {
      const Real x = a * first[i], y = b * second[i];
      open |= Consensus::is_sure(x, y) ? 0u : 1u;
      made[i] = base[i] + lambda * Consensus::of_two(x, y);
    }
    if (open != 0) return false;
    put_block(out, begin, made.data(), count);
  } else {
    // A call would keep the loop from being vectorised.
    make_block<Real>(out, begin, count, [=, &base](std::size_t i) __attribute__((always_inline)) {
      return base[i] + lambda * Consensus::of_two(a * first[i], b * second[i]);
    });
  }
  return true;
}

}  // namespace tensormerge
