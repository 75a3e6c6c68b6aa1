#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/interpolate/sum_parts.hpp>

namespace tensormerge {

/// out = base + sum over i of coefficients[i] * (vectors[i] - base), for at least one vector; every
/// vector, `base` and `out` have `count` elements. `out` may not overlap the others.
template <class Real>
void displaced_sum(std::span<const Real* const> vectors, const Real* base,
                   std::span<const Real> coefficients, Real* out, std::size_t count) {
  sum_parts<Real>(vectors, coefficients, out, count,
                  [=](const Real* vector, std::size_t i) { return vector[i] - base[i]; });
  for (std::size_t i = 0; i < count; ++i) out[i] += base[i];
}

/// The same in a rounded type: differences are rounded, summed in the accumulator and rounded.
template <class Real>
  requires is_rounded<Real>
void displaced_sum(std::span<const Real* const> vectors, const Real* base,
                   std::span<const accumulator<Real>> coefficients, Real* out,
                   std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulator<Real> sum = 0;
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      sum += coefficients[v] * static_cast<accumulator<Real>>(vectors[v][i] - base[i]);
    }
    out[i] = static_cast<Real>(sum) + base[i];
  }
}

}  // namespace tensormerge
