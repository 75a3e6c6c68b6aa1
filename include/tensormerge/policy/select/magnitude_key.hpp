#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace tensormerge {

/// The bit pattern of |x| as an unsigned integer: ordered as the magnitudes are, NaN above all.
template <class Real>
constexpr auto magnitude_key(Real x) {
  using bits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
  return static_cast<bits>(std::bit_cast<bits>(x) & (static_cast<bits>(-1) >> 1));
}

}  // namespace tensormerge
