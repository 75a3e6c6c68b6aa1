#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

namespace detail {

/// The place of the first element whose bits of `exponent` are all set. Blocks are looked at as a
/// whole first, by a loop without branches, since there is nearly never such an element.
template <class Bits>
std::optional<std::size_t> first_full_exponent(std::span<const std::byte> elements, Bits exponent) {
  constexpr std::size_t block = 4096;
  const std::size_t count = elements.size() / sizeof(Bits);
  const auto at = [&](std::size_t i) {
    Bits bits;
    std::memcpy(&bits, elements.data() + i * sizeof(Bits), sizeof(Bits));
    return bits;
  };
  for (std::size_t begin = 0; begin < count; begin += block) {
    const std::size_t end = begin + block < count ? begin + block : count;
    Bits any = 0;
    for (std::size_t i = begin; i < end; ++i) {
      any = static_cast<Bits>(any | static_cast<Bits>((at(i) & exponent) == exponent));
    }
    if (any == 0) continue;
    for (std::size_t i = begin; i < end; ++i) {
      if ((at(i) & exponent) == exponent) return i;
    }
  }
  return std::nullopt;
}

}  // namespace detail

/// The place of the first NaN or infinity among stored elements; none where all are finite and for
/// types that are no floats.
inline std::optional<std::size_t> first_nonfinite(dtype type, std::span<const std::byte> elements) {
  switch (type) {
    case dtype::float8_e4m3:  // has NaN alone, of these bits
      return detail::first_full_exponent<std::uint8_t>(elements, 0x7F);
    case dtype::float8_e5m2: return detail::first_full_exponent<std::uint8_t>(elements, 0x7C);
    case dtype::float16: return detail::first_full_exponent<std::uint16_t>(elements, 0x7C00);
    case dtype::bfloat16: return detail::first_full_exponent<std::uint16_t>(elements, 0x7F80);
    case dtype::float32: return detail::first_full_exponent<std::uint32_t>(elements, 0x7F800000);
    case dtype::float64:
      return detail::first_full_exponent<std::uint64_t>(elements, 0x7FF0000000000000);
    default: return std::nullopt;
  }
}

}  // namespace tensormerge
