#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace tensormerge {

/// 64 bits that tell other bytes apart from these with near certainty where nobody means to deceive:
/// what was written from what a disk has after a crash. `place` makes the same bytes elsewhere hash
/// otherwise, so that the hashes of a tensor's ranges may be added in any order.
/// Method: a sum of products of 32-bit words with odd factors that follow from their place.
inline std::uint64_t hash_bytes(std::span<const std::byte> bytes, std::uint64_t place) {
  constexpr std::uint32_t step = 0x9e3779b1u;
  const std::size_t words = bytes.size() / 4;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint32_t word;
    std::memcpy(&word, bytes.data() + 4 * i, 4);
    const std::uint32_t factor = static_cast<std::uint32_t>(i) * step | 1u;
    sum += (std::uint64_t{word} + 1) * factor;
  }
  for (std::size_t i = 4 * words; i < bytes.size(); ++i) {
    sum += (static_cast<std::uint64_t>(bytes[i]) + 1) << (8 * (i % 4) + 24);
  }
  // The last step of a random number generator: every bit of the result depends on all of these.
  std::uint64_t mixed = sum ^ (place + bytes.size()) * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
  return mixed ^ mixed >> 31;
}

}  // namespace tensormerge
