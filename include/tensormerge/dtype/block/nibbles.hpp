#pragma once

#include <cstddef>
#include <cstdint>

namespace tensormerge::detail {

/// How GGUF packs 32 numbers of 4 or 5 bits: 4 bytes with the fifth bits of all, where there are
/// such, then 16 bytes, each with the low 4 bits of number i and, above them, of number i + 16.
template <unsigned Bits>
struct nibbles {
  static_assert(Bits == 4 || Bits == 5);
  static constexpr std::size_t elements = 32;
  static constexpr std::size_t high_bytes = Bits == 5 ? 4 : 0;
  static constexpr std::size_t bytes = high_bytes + 16;

  static void unpack(const std::byte* from, std::uint8_t* into) {
    for (std::size_t i = 0; i < 16; ++i) {
      const auto pair = std::to_integer<unsigned>(from[high_bytes + i]);
      into[i] = static_cast<std::uint8_t>(pair & 15u);
      into[i + 16] = static_cast<std::uint8_t>(pair >> 4);
    }
    if constexpr (Bits == 5) {
      for (std::size_t i = 0; i < elements; ++i) {
        const unsigned bit = std::to_integer<unsigned>(from[i / 8]) >> (i % 8) & 1u;
        into[i] = static_cast<std::uint8_t>(into[i] | bit << 4);
      }
    }
  }

  static void pack(const std::uint8_t* from, std::byte* into) {
    for (std::size_t i = 0; i < 16; ++i) {
      into[high_bytes + i] =
          static_cast<std::byte>((from[i] & 15u) | static_cast<unsigned>(from[i + 16] & 15u) << 4);
    }
    for (std::size_t i = 0; i < high_bytes; ++i) {
      unsigned bits = 0;
      for (std::size_t k = 0; k < 8; ++k) {
        bits |= static_cast<unsigned>(from[8 * i + k] >> 4 & 1u) << k;
      }
      into[i] = static_cast<std::byte>(bits);
    }
  }
};

}  // namespace tensormerge::detail
