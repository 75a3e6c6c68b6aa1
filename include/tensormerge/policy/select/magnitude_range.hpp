#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/magnitude_key.hpp>

namespace tensormerge {

/// Places for the magnitudes of weights, up to 2^8, in their order: 32 powers of two of 1024 places
/// each or, since double is for squares too, 64 of 512 places. The lowest place is of all below the
/// range, the highest of all above it. A place has two bins, the first for magnitudes that end with
/// zeros after the bits that make the place, so that they are known.
template <class Real>
struct magnitude_range {
  using key_type = decltype(magnitude_key(Real{}));

  static constexpr unsigned place_bits = 15;
  static constexpr key_type last_place = (key_type{1} << place_bits) - 1;
  /// Bits of a key below those that make the place.
  static constexpr unsigned shift = sizeof(Real) == 4 ? 23 - 10 : 52 - 9;

  /// The bin of a magnitude, twice its place or one more; of the lowest two, one is of zeros.
  static constexpr key_type bin(key_type key) {
    const key_type place = key >> shift;
    const key_type end = place > begin ? key & ((key_type{1} << shift) - 1) : key;
    return (std::clamp<key_type>(place, begin, begin + last_place) - begin) * 2 |
           (end != 0 ? 1 : 0);
  }

  /// The least key of a place.
  static constexpr key_type lowest_of(std::size_t place) {
    return place == 0 ? 0 : (begin + static_cast<key_type>(place)) << shift;
  }

 private:
  static constexpr key_type begin =
      sizeof(Real) == 4 ? key_type{127 - 24} << 10 : key_type{1023 - 56} << 9;
};

}  // namespace tensormerge
