#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/random/threefry.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Random bits for every element of a sequence, a function of key, stream and the element's index
/// alone: 16 that decide nearly everything, and 32 more for the element that these leave open.
class element_bits {
 public:
  using block = std::array<std::uint32_t, block_elements>;

  element_bits(std::uint64_t key, std::uint32_t stream) : numbers_(key), stream_(stream) {}

  /// Half as many words as a block has elements: the lower halves are those of its first elements,
  /// the upper halves those of the others.
  static constexpr std::size_t words = block_elements / 2;
  using block_words = std::array<std::uint32_t, words>;

  /// 16 bits for each of block_elements elements from index `first`, a multiple of that.
  void first_bits(std::uint64_t first, block& bits) const {
    block_words drawn;
    first_words(first, drawn);
    for (std::size_t i = 0; i < words; ++i) {
      bits[i] = drawn[i] & 0xffffu;
      bits[words + i] = drawn[i] >> 16;
    }
  }
  void first_words(std::uint64_t first, block_words& drawn) const {
    numbers_.fill<words / 4>(first / block_elements * (words / 4), stream_, drawn);
  }

  /// 32 more bits for the element of this index.
  std::uint32_t more_bits(std::uint64_t index) const {
    return numbers_({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                     stream_, 1})[0];
  }

 private:
  threefry numbers_;
  std::uint32_t stream_;
};

}  // namespace tensormerge
