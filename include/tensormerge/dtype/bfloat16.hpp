#pragma once

#include <bit>
#include <cstdint>

namespace tensormerge {

/// bfloat16 as a storage type: the upper 16 bits of an IEEE 754 binary32.
struct bfloat16 {
  std::uint16_t bits = 0;
  friend bool operator==(const bfloat16&, const bfloat16&) = default;
};

/// The value of a bfloat16; exact.
constexpr float to_float(bfloat16 x) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16);
}

/// The bfloat16 nearest to `x`, ties to even; overflow gives infinity, NaN stays NaN (quiet).
constexpr bfloat16 to_bfloat16(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return {static_cast<std::uint16_t>(is_nan ? (bits >> 16) | 0x40u : rounded)};
}

}  // namespace tensormerge
