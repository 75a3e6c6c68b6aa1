#pragma once

#include <cstddef>

#include <tensormerge/dtype/rounded.hpp>

namespace tensormerge {

namespace detail {

/// Sums `term(i)` for i < count in eight interleaved double sums, which vectorises without
/// reordering: the result does not depend on the instruction set.
template <class Term>
double sum_in_lanes(std::size_t count, Term term) {
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(i + lane);
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane) sums[lane] += term(i);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace detail

/// Inner product of two blocks of `count` elements, in double.
template <class Real>
double dot(const Real* a, const Real* b, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    return static_cast<double>(a[i]) * static_cast<double>(b[i]);
  });
}

/// Inner product of two blocks' differences from a third, in double.
template <class Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const double origin = static_cast<double>(base[i]);
    return (static_cast<double>(a[i]) - origin) * (static_cast<double>(b[i]) - origin);
  });
}

/// The same in a rounded type: differences are rounded, and products too but for squares, which
/// torch sums unrounded for a norm.
template <class Real>
  requires is_rounded<Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  const bool of_one = a == b;
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const Real x = a[i] - base[i], y = b[i] - base[i];
    return of_one ? static_cast<double>(x) * static_cast<double>(x) : static_cast<double>(x * y);
  });
}

/// Sum of the magnitudes of `count` elements, in double.
template <class Real>
double sum_of_magnitudes(const Real* a, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const double x = static_cast<double>(a[i]);
    return x < 0 ? -x : x;
  });
}

}  // namespace tensormerge
