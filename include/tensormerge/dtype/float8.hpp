#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include <tensormerge/dtype/float16.hpp>

namespace tensormerge {

/// An 8-bit float as a storage type: 1 sign, 4 exponent and 3 fraction bits, no infinities (torch
/// calls it float8_e4m3fn). Ref: Micikevicius et al. 2022, "FP8 Formats for Deep Learning".
struct float8_e4m3 {
  std::uint8_t bits = 0;
  friend bool operator==(const float8_e4m3&, const float8_e4m3&) = default;
};

/// An 8-bit float as a storage type: the upper byte of a float16.
struct float8_e5m2 {
  std::uint8_t bits = 0;
  friend bool operator==(const float8_e5m2&, const float8_e5m2&) = default;
};

/// The value of a float8_e4m3; exact.
constexpr float to_float(float8_e4m3 x) {
  const std::uint32_t magnitude = x.bits & 0x7fu;
  // The fields of a float whose exponent has a bias that is larger by 120; the factor makes
  // subnormals normal as well.
  const float finite =
      std::bit_cast<float>(magnitude << 20) * std::bit_cast<float>(0x7b800000u);
  const std::uint32_t bits = magnitude == 0x7f ? 0x7fc00000u : std::bit_cast<std::uint32_t>(finite);
  return std::bit_cast<float>(bits | static_cast<std::uint32_t>(x.bits & 0x80u) << 24);
}

/// The value of a float8_e5m2; exact.
constexpr float to_float(float8_e5m2 x) {
  return to_float(float16{static_cast<std::uint16_t>(x.bits << 8)});
}

/// The float8_e4m3 nearest to `x`, ties to even; overflow and infinity give 448, the largest value,
/// as torch has it since there is no infinity (torch 2.15; earlier ones made NaN). NaN stays NaN.
constexpr float8_e4m3 to_float8_e4m3(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  const std::uint32_t odd = (magnitude >> 20) & 1u;
  const std::uint32_t normal = (magnitude + 0x7ffffu + odd - (120u << 23)) >> 20;
  // Next to 2^14 a float has steps of 2^-9, as subnormal results have.
  const float aligned = std::bit_cast<float>(magnitude) + 16384.0f;
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(aligned) - 0x46800000u;
  std::uint32_t result = magnitude < (121u << 23) ? subnormal : std::min(normal, 0x7eu);
  if (magnitude > 0x7f800000u) result = 0x7f;
  return {static_cast<std::uint8_t>((bits >> 24 & 0x80u) | result)};
}

/// The float8_e5m2 nearest to `x`, ties to even; overflow gives infinity, NaN stays NaN.
constexpr float8_e5m2 to_float8_e5m2(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  const std::uint32_t odd = (magnitude >> 21) & 1u;
  const std::uint32_t normal = (magnitude + 0xfffffu + odd - (112u << 23)) >> 21;
  // Next to 2^7 a float has steps of 2^-16, as subnormal results have.
  const float aligned = std::bit_cast<float>(magnitude) + 128.0f;
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(aligned) - 0x43000000u;
  std::uint32_t result = magnitude < (113u << 23) ? subnormal : std::min(normal, 0x7cu);
  if (magnitude > 0x7f800000u) result = 0x7f;
  return {static_cast<std::uint8_t>((bits >> 24 & 0x80u) | result)};
}

}  // namespace tensormerge
