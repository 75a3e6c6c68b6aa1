#pragma once

#include <bit>
#include <cstdint>

namespace tensormerge {

/// e^x for x <= 0, within two units in the last place; below -708 the value there, about 3e-308.
/// Without branches or calls, so that a loop of it vectorises and gives the same bits on every
/// machine. Method: x = k log 2 + r, a polynomial in r, k added to the exponent.
inline double exponential(double x) {
  constexpr double least = -708;
  constexpr double per_log_2 = 0x1.71547652b82fep0;
  constexpr double log_2_high = 0x1.62e42fee00000p-1;  // with zeros at its end: k times it is exact
  constexpr double log_2_low = 0x1.a39ef35793c76p-33;
  constexpr double to_integer = 0x1.8p52;  // adding it leaves the nearest integer in the last bits
  const double bounded = x < least ? least : x;
  const double shifted = bounded * per_log_2 + to_integer;
  const double k = shifted - to_integer;
  const double r = (bounded - k * log_2_high) - k * log_2_low;
  double sum = 1.0 / 6227020800;  // 1/13!, and so on down to 1/2!
  sum = sum * r + 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 1.0 / 2;
  const double power = 1 + (r + r * r * sum);
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) << 52;
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(power) + exponent);
}

}  // namespace tensormerge
