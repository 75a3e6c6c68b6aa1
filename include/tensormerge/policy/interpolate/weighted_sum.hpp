#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/tensor/elements.hpp>

namespace tensormerge {

/// out = sum over i of coefficients[i] * vectors[i], for at least one vector; every vector and
/// `out` have `count` elements. `out` may not overlap a vector.
template <class Real>
void weighted_sum(std::span<const Real* const> vectors, std::span<const Real> coefficients,
                  Real* out, std::size_t count) {
  auto sum = elements(out, count);
  if (vectors.size() == 1) {
    sum = coefficients[0] * elements(vectors[0], count);
    return;
  }
  sum = coefficients[0] * elements(vectors[0], count) +
        coefficients[1] * elements(vectors[1], count);
  for (std::size_t i = 2; i < vectors.size(); ++i) {
    sum += coefficients[i] * elements(vectors[i], count);
  }
}

}  // namespace tensormerge
