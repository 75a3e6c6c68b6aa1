#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/random/philox.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Draws for every element of a sequence whether it is chosen, each with the same probability. A
/// draw is a function of key, stream and the element's index alone.
///
/// The probability counts to 2^-48: 16 random bits decide all elements but one in 65,536, for
/// which 32 more are drawn.
class bernoulli {
 public:
  /// `probability` is in [0, 1].
  bernoulli(double probability, std::uint64_t key, std::uint32_t stream)
      : numbers_(key),
        stream_(stream),
        limit_(static_cast<std::uint64_t>(probability * 0x1p48)) {}

  /// Ones for the chosen of `size` elements from index `first`, a multiple of block_elements, and
  /// zeros for the others.
  template <class Real>
  void draw(std::uint64_t first, std::size_t size, Real* chosen) const {
    constexpr std::size_t words = block_elements / 2;
    std::array<std::uint32_t, words> bits;
    numbers_.fill<words / 4>(first / block_elements * (words / 4), stream_, bits);
    std::array<std::uint32_t, block_elements> halves;
    for (std::size_t i = 0; i < words; ++i) {
      halves[i] = bits[i] & 0xffffu;
      halves[words + i] = bits[i] >> 16;
    }
    const std::uint32_t high = static_cast<std::uint32_t>(limit_ >> 32);
    std::uint32_t undecided = 0;
    for (std::size_t i = 0; i < block_elements; ++i) undecided |= halves[i] == high ? 1u : 0u;
    for (std::size_t i = 0; i < size; ++i) chosen[i] = halves[i] < high ? Real{1} : Real{0};
    if (undecided != 0) decide(first, size, halves, chosen);
  }

 private:
  template <class Real>
  void decide(std::uint64_t first, std::size_t size,
              const std::array<std::uint32_t, block_elements>& halves, Real* chosen) const {
    const std::uint32_t high = static_cast<std::uint32_t>(limit_ >> 32);
    const std::uint32_t low = static_cast<std::uint32_t>(limit_);
    for (std::size_t i = 0; i < size; ++i) {
      if (halves[i] != high) continue;
      const std::uint64_t index = first + i;
      const philox::numbers more = numbers_({static_cast<std::uint32_t>(index),
                                             static_cast<std::uint32_t>(index >> 32), stream_, 1});
      chosen[i] = more[0] < low ? Real{1} : Real{0};
    }
  }

  philox numbers_;
  std::uint32_t stream_;
  std::uint64_t limit_;  // the probability in units of 2^-48
};

}  // namespace tensormerge
