#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <type_traits>

namespace tensormerge {

/// Memory that the caller lends to a merge, handed out from the front. Nothing is given back: it
/// ends with the merge.
class scratch {
 public:
  explicit scratch(std::span<std::byte> memory) : rest_(memory) {}

  /// Bytes that `take<T>(count)` needs at most, whatever the alignment of what is left.
  template <class T>
  static constexpr std::size_t bytes_for(std::size_t count) {
    return count * sizeof(T) + alignof(T);
  }

  /// `count` elements, the i-th as `make(i)` returns it. The caller lent what `bytes_for` asked;
  /// where less is left, the span is empty.
  template <class T, class Make>
  std::span<T> make(std::size_t count, Make make) {
    static_assert(std::is_trivially_destructible_v<T>,
                  "tensormerge::scratch holds only types that need no destructor");
    void* place = rest_.data();
    std::size_t space = rest_.size();
    if (std::align(alignof(T), count * sizeof(T), place, space) == nullptr) return {};
    rest_ = rest_.last(space - count * sizeof(T));
    T* first = static_cast<T*>(place);
    for (std::size_t i = 0; i < count; ++i) ::new (static_cast<void*>(first + i)) T(make(i));
    return {first, count};
  }

  /// `count` value-initialised elements, under the same terms.
  template <class T>
  std::span<T> take(std::size_t count) {
    return make<T>(count, [](std::size_t) { return T{}; });
  }

 private:
  std::span<std::byte> rest_;
};

}  // namespace tensormerge
