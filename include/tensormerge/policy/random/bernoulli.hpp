#pragma once

#include <algorithm>
#include <array>
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

  /// Ones for the chosen of `size` elements, at most block_elements, from index `first`, a multiple
  /// of block_elements, and zeros for the others.
  template <class Real>
  void draw(std::uint64_t first, std::size_t size, Real* chosen) const {
    const auto choose = [=](std::size_t i, bool is_chosen) {
      chosen[i] = is_chosen ? Real{1} : Real{0};
    };
    element_bits::block_words drawn;
    bits_.first_words(first, drawn);
    const bool is_open = leaves_open(drawn);
    for_each_draw(drawn, size, choose);
    if (!is_open) return;
    for (std::size_t i = 0; i < size; ++i) {
      if (bits_of(drawn, i) == high() && bits_.more_bits(first + i) < low()) chosen[i] = 1;
    }
  }

  /// Multiplies `size` values, of the elements from index `first` on (see draw), by `factor` where
  /// they are chosen and by zero times `factor` where not: what is not finite stays seen.
  template <class Real>
  void scale(std::uint64_t first, std::size_t size, Real* values, Real factor) const {
    const Real none = Real{0} * factor;
    element_bits::block_words drawn;
    bits_.first_words(first, drawn);
    if (leaves_open(drawn)) {
      std::array<Real, block_elements> chosen;
      draw(first, size, chosen.data());
      for (std::size_t i = 0; i < size; ++i) values[i] *= chosen[i] * factor;
    } else {
      for_each_draw(drawn, size, [=](std::size_t i, bool is_chosen) {
        values[i] *= is_chosen ? factor : none;
      });
    }
  }

 private:
  using block_words = element_bits::block_words;
  static constexpr std::size_t half = element_bits::words;

  std::uint32_t high() const { return static_cast<std::uint32_t>(limit_ >> 32); }
  std::uint32_t low() const { return static_cast<std::uint32_t>(limit_); }

  static std::uint32_t bits_of(const block_words& drawn, std::size_t i) {
    return i < half ? drawn[i] & 0xffffu : drawn[i - half] >> 16;
  }

  template <class Use>
  void for_each_draw(const block_words& drawn, std::size_t size, Use use) const {
    const std::uint32_t limit = high();
    const std::size_t in_first = std::min(size, half);
    for (std::size_t i = 0; i < in_first; ++i) use(i, (drawn[i] & 0xffffu) < limit);
    for (std::size_t i = half; i < size; ++i) use(i, drawn[i - half] >> 16 < limit);
  }

  /// Whether the first bits do not decide for one of the elements.
  bool leaves_open(const block_words& drawn) const {
    const std::uint32_t limit = high();
    std::uint32_t open = 0;
    for (const std::uint32_t word : drawn) {
      open |= (word & 0xffffu) == limit || word >> 16 == limit ? 1u : 0u;
    }
    return open != 0;
  }

  element_bits bits_;
  std::uint64_t limit_;  // the probability in units of 2^-48
};

}  // namespace tensormerge
