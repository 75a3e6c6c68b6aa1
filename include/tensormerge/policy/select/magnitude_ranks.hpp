#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

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
    const std::uint32_t top = digits(largest);
    lowest_ = top > last_bin ? top - last_bin : 0;
    std::fill(places_.begin(), places_.end(), 0u);
  }

  template <class Real>
  void count(const Real* values, std::size_t size) {
    for_each_bin(values, size, [this](std::size_t, std::uint32_t bin) { ++places_[bin]; });
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
    for_each_bin(values, size,
                 [&](std::size_t i, std::uint32_t bin) { ranks[i] = places_[bin]++; });
  }

 private:
  static constexpr unsigned fraction_bits = 7;
  static constexpr std::size_t bins = std::size_t{16} << fraction_bits;
  static constexpr std::uint32_t last_bin = bins - 1;

  /// Exponent and first fraction bits of a magnitude: ordered as the magnitudes are.
  template <class Real>
  static std::uint32_t digits(Real value) {
    constexpr unsigned stored_fraction = sizeof(Real) == 4 ? 23 : 52;
    return static_cast<std::uint32_t>(magnitude_key(value) >> (stored_fraction - fraction_bits));
  }

  /// Calls `visit(i, bin)` for each element. Bins are found first, in a loop that vectorises.
  template <class Real, class Visitor>
  void for_each_bin(const Real* values, std::size_t size, Visitor visit) const {
    std::array<std::uint32_t, block_elements> found;
    const std::uint32_t lowest = lowest_;
    for (std::size_t begin = 0; begin < size; begin += block_elements) {
      const std::size_t count = std::min(block_elements, size - begin);
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t place = std::max(digits(values[begin + i]), lowest);
        found[i] = std::min(place - lowest, last_bin);
      }
      for (std::size_t i = 0; i < count; ++i) visit(begin + i, found[i]);
    }
  }

  std::span<std::uint32_t> places_;
  std::uint32_t lowest_ = 0;
};

}  // namespace tensormerge
