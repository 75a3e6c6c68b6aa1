#pragma once

#include <bit>
#include <cstdint>

namespace tensormerge {

/// Natural logarithm of the quotient of two positive normal numbers, within three units in the last
/// place, and without dividing them: numbers that are close have their exact difference. NaN where
/// one is infinite or NaN. Without branches or calls, so that a loop of it vectorises and gives the
/// same bits on every machine. Method: x / y = 2^k m / n with m / n within [sqrt(1/2), sqrt(2)],
/// s = (m-n) / (m+n), log(m/n) = 2 (s + s^3/3 + s^5/5 + ...).
inline double logarithm_of_quotient(double x, double y) {
  constexpr double log_2_high = 0x1.62e42fee00000p-1;  // with zeros at its end: k times it is exact
  constexpr double log_2_low = 0x1.a39ef35793c76p-33;
  constexpr double root = 0x1.6a09e667f3bcdp0;  // of 2
  constexpr std::uint64_t fraction_bits = 52;
  constexpr std::uint64_t fraction = (std::uint64_t{1} << fraction_bits) - 1;
  constexpr std::uint64_t one = std::uint64_t{1023} << fraction_bits;
  const std::uint64_t x_bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t y_bits = std::bit_cast<std::uint64_t>(y);
  double k = static_cast<double>(static_cast<std::int64_t>(x_bits >> fraction_bits) -
                                 static_cast<std::int64_t>(y_bits >> fraction_bits));
  double m = std::bit_cast<double>((x_bits & fraction) | one);
  double n = std::bit_cast<double>((y_bits & fraction) | one);
  const bool is_above = m > root * n, is_below = n > root * m;
  m = is_above ? m * 0.5 : m;
  n = is_below ? n * 0.5 : n;
  k += is_above ? 1 : is_below ? -1 : 0;
  const double s = (m - n) / (m + n);
  const double z = s * s;
  double sum = 1.0 / 23;
  sum = sum * z + 1.0 / 21;
  sum = sum * z + 1.0 / 19;
  sum = sum * z + 1.0 / 17;
  sum = sum * z + 1.0 / 15;
  sum = sum * z + 1.0 / 13;
  sum = sum * z + 1.0 / 11;
  sum = sum * z + 1.0 / 9;
  sum = sum * z + 1.0 / 7;
  sum = sum * z + 1.0 / 5;
  sum = sum * z + 1.0 / 3;
  const double carried = (x - x) + (y - y);  // zero, or NaN
  return k * log_2_high + (2 * s + (2 * (s * z * sum) + k * log_2_low)) + carried;
}

}  // namespace tensormerge
