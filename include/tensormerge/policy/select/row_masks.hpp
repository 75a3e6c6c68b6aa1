#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Which elements of a tensor are kept, a bit for each, for as many of its first rows as fit into
/// 4 MiB; so that what took long to decide in one round need not be decided again in the next.
/// Different rows may be written by different threads.
class row_masks {
 public:
  static std::size_t words_for(const tensor_facts& facts) {
    constexpr std::uint64_t most_words = 1 << 20;
    if (facts.elements == 0) return 0;
    const std::uint64_t words = words_in(facts.row_length);
    return static_cast<std::size_t>(
        words * std::min(facts.elements / facts.row_length, most_words / words));
  }

  row_masks() = default;  // of no row
  row_masks(std::span<std::uint32_t> words, const tensor_facts& facts)
      : words_(words), row_words_(words_in(facts.row_length)) {}

  bool has(std::uint64_t row) const { return (row + 1) * row_words_ <= words_.size(); }

  /// `size` elements of a row that it has, from a column on that is a multiple of block_elements:
  /// ones for what is kept and zeros for the rest.
  template <class Real>
  void put(std::uint64_t row, std::uint64_t column, std::size_t size, const Real* kept) const {
    std::uint32_t* word = word_at(row, column);
    for (std::size_t begin = 0; begin < size; begin += word_bits, ++word) {
      const std::size_t count = std::min(word_bits, size - begin);
      std::uint32_t bits = 0;
      for (std::size_t i = 0; i < count; ++i) {
        bits |= static_cast<std::uint32_t>(kept[begin + i] != Real{0}) << i;
      }
      *word = bits;
    }
  }

  template <class Real>
  void get(std::uint64_t row, std::uint64_t column, std::size_t size, Real* kept) const {
    const std::uint32_t* word = word_at(row, column);
    for (std::size_t begin = 0; begin < size; begin += word_bits, ++word) {
      const std::size_t count = std::min(word_bits, size - begin);
      const std::uint32_t bits = *word;
      for (std::size_t i = 0; i < count; ++i) {
        kept[begin + i] = (bits >> i & 1u) != 0 ? Real{1} : Real{0};
      }
    }
  }

 private:
  static constexpr std::size_t word_bits = 32;

  static std::uint64_t words_in(std::uint64_t row_length) {
    return (row_length + word_bits - 1) / word_bits;
  }

  std::uint32_t* word_at(std::uint64_t row, std::uint64_t column) const {
    return words_.data() + row * row_words_ + column / word_bits;
  }

  std::span<std::uint32_t> words_;
  std::uint64_t row_words_ = 1;
};

}  // namespace tensormerge
