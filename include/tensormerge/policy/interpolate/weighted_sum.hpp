#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/interpolate/sum_parts.hpp>

namespace tensormerge {

/// out = sum over i of coefficients[i] * vectors[i], for at least one vector; every vector and
/// `out` have `count` elements. `out` may not overlap a vector.
template <class Real>
void weighted_sum(std::span<const Real* const> vectors, std::span<const Real> coefficients,
                  Real* out, std::size_t count) {
  sum_parts<Real>(vectors, coefficients, out, count,
                  [](const Real* vector, std::size_t i) { return vector[i]; });
}

/// The same in a rounded type: summed in its accumulator and rounded once.
template <class Real>
  requires is_rounded<Real>
void weighted_sum(std::span<const Real* const> vectors,
                  std::span<const accumulator<Real>> coefficients, Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulator<Real> sum = 0;
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      sum += coefficients[v] * static_cast<accumulator<Real>>(vectors[v][i]);
    }
    out[i] = static_cast<Real>(sum);
  }
}

/// The same sum, made of fused operations and divided by `divisor` before it is rounded, as torch
/// has it in `addcmul`.
template <class Real>
  requires is_rounded<Real>
void divided_sum(std::span<const Real* const> vectors,
                 std::span<const accumulator<Real>> coefficients, accumulator<Real> divisor,
                 Real* out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    accumulator<Real> sum = 0;
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      sum = std::fma(static_cast<accumulator<Real>>(vectors[v][i]), coefficients[v], sum);
    }
    out[i] = static_cast<Real>(sum / divisor);
  }
}

}  // namespace tensormerge
