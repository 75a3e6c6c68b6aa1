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

/// Inner product of two blocks' differences from a third, in double; the differences of a rounded
/// type are rounded.
template <class Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    using number = summary<Real>;
    const number origin = static_cast<number>(base[i]);
    return static_cast<double>(static_cast<number>(a[i]) - origin) *
           static_cast<double>(static_cast<number>(b[i]) - origin);
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
