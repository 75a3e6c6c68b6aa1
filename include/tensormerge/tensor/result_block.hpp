#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Where a result is stored, block by block, each element rounded once. The range begins with the
/// element `first` of the tensor whose key this is.
template <class Rounding, class Storage>
struct stored_result {
  Storage* elements = nullptr;
  std::uint64_t first = 0;
  std::uint64_t random_key = 0;
  bool is_apart = false;  // whether it is known to be none of what is read, which saves a detour
};

/// Puts `count` elements, at most block_elements, to a result from its element `begin` on.
template <class Real>
void put_block(Real* result, std::size_t begin, const Real* made, std::size_t count) {
  std::copy_n(made, count, result + begin);
}
template <class Real, class Rounding, class Storage>
void put_block(const stored_result<Rounding, Storage>& result, std::size_t begin, const Real* made,
               std::size_t count) {
  store_tile<Rounding>(made, result.elements + begin, count, result.random_key,
                       result.first + begin);
}

/// Makes `count` elements of a result from its element `begin` on: `element(i)` is the i-th of
/// them. It may read the i-th of what is written to.
template <class Real, class MakeElement>
void make_block(Real* result, std::size_t begin, std::size_t count, MakeElement element) {
  Real* const to = result + begin;
  for (std::size_t i = 0; i < count; ++i) to[i] = element(i);
}
// Inlined, since the loop within is most of a kernel, and `element` knows what it may assume.
template <class Real, class Rounding, class Storage, class MakeElement>
[[gnu::always_inline]] inline void make_block(const stored_result<Rounding, Storage>& result,
                                              std::size_t begin, std::size_t count,
                                              MakeElement element) {
  if constexpr (sizeof(Storage) >= sizeof(float) && std::is_floating_point_v<Real> &&
                !depends_on_place<Rounding>) {
    if (result.is_apart) {  // as in make_stored: of wide elements memory is the limit
      Storage* const to = result.elements + begin;
      for (std::size_t i = 0; i < count; ++i) {
        to[i] = Rounding::template store<Storage>(static_cast<Real>(element(i)));
      }
      return;
    }
  }
  std::array<Real, block_elements> made;
  for (std::size_t done = 0; done < count; done += block_elements) {
    const std::size_t size = std::min(block_elements, count - done);
    for (std::size_t i = 0; i < size; ++i) made[i] = element(done + i);
    put_block(result, begin + done, made.data(), size);
  }
}

}  // namespace tensormerge
