#pragma once

#include <bit>
#include <cstdint>

namespace tensormerge {

/// IEEE 754 binary16 as a storage type: 1 sign, 5 exponent and 10 fraction bits.
struct float16 {
  std::uint16_t bits = 0;
  friend bool operator==(const float16&, const float16&) = default;
};

/// The value of a float16; exact, NaN payloads kept in the upper fraction bits.
constexpr float to_float(float16 x) {
  const std::uint32_t sign = static_cast<std::uint32_t>(x.bits & 0x8000u) << 16;
  const std::uint32_t magnitude = static_cast<std::uint32_t>(x.bits & 0x7fffu) << 13;
  // Placing the fields one format higher scales by 2^-112; multiplying back makes subnormals
  // normal as well, without a branch.
  const float scaled = std::bit_cast<float>(magnitude) * std::bit_cast<float>(0x77800000u);
  const std::uint32_t finite = std::bit_cast<std::uint32_t>(scaled);
  const std::uint32_t special = magnitude | 0x7f800000u;  // infinity and NaN
  return std::bit_cast<float>(sign | (magnitude >= (0x1fu << 23) ? special : finite));
}

/// The float16 nearest to `x`, ties to even; overflow gives infinity, NaN stays NaN (quiet).
constexpr float16 to_float16(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  // Normal results: add half of the dropped unit (ties to even), then move the exponent's bias.
  const std::uint32_t odd = (magnitude >> 13) & 1u;
  const std::uint32_t normal = (magnitude + 0xfffu + odd - (112u << 23)) >> 13;
  // Subnormal results: adding 0.5 leaves exactly the kept bits in the fraction, rounded by the
  // addition itself.
  const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
  const std::uint32_t subnormal = std::bit_cast<std::uint32_t>(aligned) - 0x3f000000u;
  std::uint32_t result = magnitude < (113u << 23) ? subnormal : normal;
  result = magnitude >= 0x477ff000u ? 0x7c00u : result;  // 65520 and above round to infinity
  result = magnitude > 0x7f800000u ? (0x7e00u | (magnitude >> 13 & 0x3ffu)) : result;
  return {static_cast<std::uint16_t>(sign | result)};
}

}  // namespace tensormerge
