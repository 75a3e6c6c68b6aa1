#pragma once

#include <cstddef>
#include <cstdint>

#include <tensormerge/dtype/float16.hpp>

namespace tensormerge::detail {

/// The float16 that two bytes hold, lowest first, as a float.
inline float load_float16(const std::byte* from) {
  return to_float(float16{static_cast<std::uint16_t>(std::to_integer<unsigned>(from[0]) |
                                                     std::to_integer<unsigned>(from[1]) << 8)});
}

/// Writes the float16 nearest to `x`, lowest byte first.
inline void store_float16(float x, std::byte* into) {
  const std::uint16_t bits = to_float16(x).bits;
  into[0] = static_cast<std::byte>(bits & 0xffu);
  into[1] = static_cast<std::byte>(bits >> 8);
}

/// Whether `x` is neither NaN nor infinite.
inline bool is_finite(float x) { return x - x == 0; }

/// Whether all of `count` numbers are finite.
inline bool are_finite(const float* from, std::size_t count) {
  float differences = 0;  // what is not finite leaves NaN
  for (std::size_t i = 0; i < count; ++i) differences += from[i] - from[i];
  return differences == 0;
}

/// 1 / x, and 0 where that is infinite.
inline float inverse_or_zero(float x) {
  const float inverse = x == 0 ? 0 : 1 / x;
  return is_finite(inverse) ? inverse : 0;
}

/// `x`, which is not negative, rounded down to a number of at most `most`.
inline std::uint8_t truncate(float x, unsigned most) {
  const auto number = static_cast<unsigned>(static_cast<int>(x));
  return static_cast<std::uint8_t>(number > most ? most : number);
}

}  // namespace tensormerge::detail
