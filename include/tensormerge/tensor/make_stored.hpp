#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/prefetch.hpp>

namespace tensormerge {

/// out[i] = make(vectors[0][i], vectors[1][i], ...) for i < count, in one loop over the elements as
/// they are stored: each is loaded to `Real`, and what is made of them is rounded once. `out` may
/// be one of the vectors, but may not overlap them otherwise.
template <class Rounding, class Real, class Storage, std::size_t number, class Make>
void make_stored(const std::array<const Storage*, number>& vectors, Storage* out,
                 std::size_t count, Make make) {
  static_assert(!depends_on_place<Rounding>);
  constexpr std::size_t line = 64 / sizeof(Storage), held = 4 * line;
  constexpr std::size_t ahead = 8 * held;  // far enough for memory to answer
  [&]<std::size_t... vector>(std::index_sequence<vector...>) {
    const auto element = [&](std::size_t i) {
      return Rounding::template store<Storage>(
          static_cast<Real>(make(load<Real>(vectors[vector][i])...)));
    };
    std::size_t begin = 0;
    if constexpr (sizeof(Storage) >= sizeof(float)) {
      // Memory is the limit of wide elements, and a detour costs.
      if ((... && (vectors[vector] != out))) {
        for (; begin < count; ++begin) out[begin] = element(begin);
        return;
      }
    }
    // Results are held back for some lines of the cache, since `out` may be one of the vectors: the
    // compiler need not expect that it is changed meanwhile.
    std::array<Storage, held> made;
    for (; begin + held <= count; begin += held) {
      for (std::size_t place = begin + ahead; place < begin + ahead + held; place += line) {
        (prefetch(vectors[vector], place), ...);
      }
      for (std::size_t i = 0; i < held; ++i) made[i] = element(begin + i);
      std::memcpy(out + begin, made.data(), sizeof(made));
    }
    for (; begin < count; ++begin) out[begin] = element(begin);
  }(std::make_index_sequence<number>());
}

}  // namespace tensormerge
