#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Calls `visit(i)`, in order, for each of `size` elements whose magnitude key is `low` or above it
/// by at most `span`, and returns how many are above that. At most block_elements at a time.
/// Written for few elements between: what finds them vectorises.
template <class Real, class Key, class Visitor>
Key for_each_between(const Real* values, std::size_t size, Key low, Key span, Visitor visit) {
  const Key top = low + span;
  const auto is_between = [=](std::size_t i) -> Key {
    return magnitude_key(values[i]) - low <= span ? 1 : 0;
  };
  Key above = 0, between = 0;
  for (std::size_t i = 0; i < size; ++i) {
    above += magnitude_key(values[i]) > top ? Key{1} : Key{0};
    between += is_between(i);
  }
  if (between > size / 8) {
    std::array<std::uint32_t, block_elements> found;
    std::size_t end = 0;
    for (std::size_t i = 0; i < size; ++i) {
      found[end] = static_cast<std::uint32_t>(i);
      end += static_cast<std::size_t>(is_between(i));
    }
    for (std::size_t i = 0; i < end; ++i) visit(found[i]);
  } else if (between > 0) {
    constexpr std::size_t step = 16;
    for (std::size_t begin = 0; begin < size; begin += step) {
      const std::size_t end = std::min(begin + step, size);
      Key any = 0;
      for (std::size_t i = begin; i < end; ++i) any |= is_between(i);
      for (std::size_t i = begin; any != 0 && i < end; ++i) {
        if (is_between(i) != 0) visit(i);
      }
    }
  }
  return above;
}

}  // namespace tensormerge
