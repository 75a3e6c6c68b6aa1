#pragma once

#include <cstddef>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/tensor/result_block.hpp>

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

}  // namespace tensormerge
