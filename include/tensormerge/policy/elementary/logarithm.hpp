#pragma once

#include <bit>
#include <cstdint>

namespace tensormerge {

/// Natural logarithm of a positive normal number, within two units in the last place; NaN for
/// infinity and NaN. Without branches or calls, so that a loop of it vectorises and gives the same
/// bits on every machine. Method: x = 2^k m with m within [sqrt(1/2), sqrt(2)), s = (m-1) / (m+1),
/// log m = 2 (s + s^3/3 + s^5/5 + ...).
inline double logarithm(double x) {
  constexpr double log_2_high = 0x1.62e42fee00000p-1;  // with zeros at its end: k times it is exact
  constexpr double log_2_low = 0x1.a39ef35793c76p-33;
  constexpr std::uint64_t half_root = 0x3fe6a09e667f3bcdu;  // the bits of sqrt(1/2)
  constexpr std::uint64_t fraction_bits = 52;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  // Biased by 2^11, so that the shift stays among positive numbers.
  const std::uint64_t biased =
      (bits - half_root + (std::uint64_t{1} << (fraction_bits + 11))) >> fraction_bits;
  const double k = static_cast<double>(static_cast<std::int64_t>(biased)) - 2048;
  const double m = std::bit_cast<double>(bits - ((biased - 2048) << fraction_bits));
  const double s = (m - 1) / (m + 1);
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
  const double carried = x - x;  // zero, or NaN
  // s as (m-1)/2 and what that lacks: m - 1 is exact.
  const double half = (m - 1) / 2;
  const double rest = s * z * sum - s * half;
  return k * log_2_high + (2 * half + (2 * rest + k * log_2_low)) + carried;
}

}  // namespace tensormerge
