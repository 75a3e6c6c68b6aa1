#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Writes ones for the `wanted` largest in magnitude of those of a block's `size` elements whose
/// `available` is not zero, for all of these where they are fewer, and zeros for the others. Equal
/// magnitudes are taken in order of their index.
template <class Real>
void largest_in_block(const Real* values, const Real* available, std::size_t size,
                      std::size_t wanted, Real* kept) {
  struct candidate {
    decltype(magnitude_key(Real{})) key;
    std::uint32_t index;
  };
  std::array<candidate, block_elements> candidates;
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) {
    kept[i] = 0;
    if (available[i] == 0) continue;
    candidates[count++] = {magnitude_key(values[i]), static_cast<std::uint32_t>(i)};
  }
  const auto begin = candidates.begin();
  const std::size_t taken = std::min(wanted, count);
  std::nth_element(begin, begin + taken, begin + count,
                   [](const candidate& a, const candidate& b) {
                     return a.key != b.key ? a.key > b.key : a.index < b.index;
                   });
  for (std::size_t i = 0; i < taken; ++i) kept[candidates[i].index] = 1;
}

}  // namespace tensormerge
