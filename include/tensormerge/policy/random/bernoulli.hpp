#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/random/element_bits.hpp>
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
      : bits_(key, stream), limit_(static_cast<std::uint64_t>(probability * 0x1p48)) {}

  /// Ones for the chosen of `size` elements from index `first`, a multiple of block_elements, and
  /// zeros for the others.
  template <class Real>
  void draw(std::uint64_t first, std::size_t size, Real* chosen) const {
    constexpr std::size_t half = element_bits::words;
    element_bits::block_words drawn;
    bits_.first_words(first, drawn);
    const std::uint32_t high = static_cast<std::uint32_t>(limit_ >> 32);
    const std::uint32_t low = static_cast<std::uint32_t>(limit_);
    const auto choose = [=](std::uint32_t bits) { return bits < high ? Real{1} : Real{0}; };
    std::uint32_t undecided = 0;
    for (const std::uint32_t word : drawn) {
      undecided |= (word & 0xffffu) == high || word >> 16 == high ? 1u : 0u;
    }
    const std::size_t in_first = std::min(size, half);
    for (std::size_t i = 0; i < in_first; ++i) chosen[i] = choose(drawn[i] & 0xffffu);
    for (std::size_t i = half; i < size; ++i) chosen[i] = choose(drawn[i - half] >> 16);
    for (std::size_t i = 0; undecided != 0 && i < size; ++i) {
      const std::uint32_t bits = i < half ? drawn[i] & 0xffffu : drawn[i - half] >> 16;
      if (bits == high && bits_.more_bits(first + i) < low) chosen[i] = 1;
    }
  }

 private:
  element_bits bits_;
  std::uint64_t limit_;  // the probability in units of 2^-48
};

}  // namespace tensormerge
