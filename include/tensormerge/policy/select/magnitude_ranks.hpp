#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The places of a row's elements in ascending order of magnitude, by counting instead of sorting:
/// magnitudes are compared by their first eight significant bits, as bfloat16 has them, and those
/// below 2^-15 of the largest not at all; equal ones are placed in order of their index. Every
/// place is given to one element.
///
/// `begin`, then `count` for each block of the row, then `end_counting`, then `place` for each
/// block in the same order.
class magnitude_ranks {
 public:
  static constexpr std::size_t scratch_bytes() { return scratch::bytes_for<std::uint32_t>(bins); }

  explicit magnitude_ranks(scratch& memory) : places_(memory.take<std::uint32_t>(bins)) {}

  /// Starts a row whose largest magnitude this is.
  template <class Real>
  void begin(Real largest) {
    const std::uint64_t top = digits(largest);
    lowest_ = top >= bins ? top - (bins - 1) : 0;
    std::fill(places_.begin(), places_.end(), 0u);
  }

  template <class Real>
  void count(const Real* values, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) ++places_[bin(values[i])];
  }

  void end_counting() {
    std::uint32_t smaller = 0;
    for (std::uint32_t& place : places_) {
      const std::uint32_t here = place;
      place = smaller;
      smaller += here;
    }
  }

  template <class Real>
  void place(const Real* values, std::size_t size, std::uint32_t* ranks) {
    for (std::size_t i = 0; i < size; ++i) ranks[i] = places_[bin(values[i])]++;
  }

 private:
  static constexpr unsigned fraction_bits = 7;
  static constexpr std::size_t bins = std::size_t{16} << fraction_bits;

  /// Exponent and first fraction bits of a magnitude: ordered as the magnitudes are.
  template <class Real>
  static std::uint64_t digits(Real value) {
    constexpr unsigned stored_fraction = sizeof(Real) == 4 ? 23 : 52;
    return std::uint64_t{magnitude_key(value)} >> (stored_fraction - fraction_bits);
  }

  template <class Real>
  std::size_t bin(Real value) const {
    const std::uint64_t place = digits(value);
    const std::uint64_t above = place > lowest_ ? place - lowest_ : 0;
    return static_cast<std::size_t>(std::min<std::uint64_t>(above, bins - 1));
  }

  std::span<std::uint32_t> places_;
  std::uint64_t lowest_ = 0;
};

}  // namespace tensormerge
