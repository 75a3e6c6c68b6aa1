#pragma once

#include <cstddef>
#include <span>

namespace tensormerge {

/// out[i] = sum over v of coefficients[v] * part(vectors[v], i) for i < count, for at least one
/// vector. `out` may not overlap what `part` reads.
template <class Real, class Part>
void sum_parts(std::span<const Real* const> vectors, std::span<const Real> coefficients, Real* out,
               std::size_t count, Part part) {
  const auto make_terms = [=](std::size_t v, auto take) {
    const Real coefficient = coefficients[v];
    const Real* const vector = vectors[v];
    for (std::size_t i = 0; i < count; ++i) take(out[i], coefficient * part(vector, i));
  };
  make_terms(0, [](Real& sum, Real term) { sum = term; });
  for (std::size_t v = 1; v < vectors.size(); ++v) {
    make_terms(v, [](Real& sum, Real term) { sum += term; });
  }
}

}  // namespace tensormerge
