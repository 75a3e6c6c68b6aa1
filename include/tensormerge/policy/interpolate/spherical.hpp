#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <tensormerge/policy/interpolate/arc.hpp>

namespace tensormerge {

/// Coefficients of the interpolation between two vectors on the sphere, from their squared norms
/// and their inner product. Norms below 1e-7 count as 1e-7, so that a zero vector stands at a right
/// angle to the other. Vectors on one line, within rounding, are interpolated straight, opposite
/// ones included. Ref: Shoemake 1985; bounds of nuslerp in mergekit 0.1.5.
inline two_coefficients spherical(double t, double first_first, double second_second,
                                  double first_second) {
  constexpr double least_norm = 1e-7;
  constexpr double rounding = 4 * std::numeric_limits<double>::epsilon();
  const double a = std::sqrt(first_first), b = std::sqrt(second_second);
  // One root of the product, where it may be taken: vectors on one line then have a cosine of 1.
  const double norms = a < least_norm || b < least_norm
                           ? std::max(a, least_norm) * std::max(b, least_norm)
                           : std::sqrt(first_first * second_second);
  const double cosine = std::clamp(first_second / norms, -1.0, 1.0);
  return (1 - cosine) * (1 + cosine) <= rounding ? line(t) : arc(t, cosine);
}

/// The place between two inputs that their weights stand for; the middle where they cancel out.
template <class InputParameters>
double place_by_weight(std::span<const InputParameters> inputs) {
  constexpr double cancelled_below = 1e-6;
  if (inputs.size() < 2) return 0;
  const double total = inputs[0].weight + inputs[1].weight;
  return std::abs(total) < cancelled_below ? 0.5 : inputs[1].weight / total;
}

}  // namespace tensormerge
