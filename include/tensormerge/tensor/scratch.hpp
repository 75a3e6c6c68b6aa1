#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>

namespace tensormerge {

/// Memory that the caller lends to a merge, handed out from the front. Nothing is given back: it
/// ends with the merge.
class scratch {
 public:
  explicit scratch(std::span<std::byte> memory) : rest_(memory) {}

  /// Bytes that `take<T>(count, alignment)` needs at most, whatever the alignment of what is left.
  template <class T>
  static constexpr std::size_t bytes_for(std::size_t count, std::size_t alignment = alignof(T)) {
    return count * sizeof(T) + alignment;
  }

  /// `count` elements, the i-th as `make(i)` returns it. The caller lent what `bytes_for` asked;
  /// where less is left, the span is empty.
  template <class T, class Make>
  std::span<T> make(std::size_t count, Make make, std::size_t alignment = alignof(T)) {
    static_assert(std::is_trivially_destructible_v<T>,
                  "tensormerge::scratch holds only types that need no destructor");
    const std::size_t misplaced = reinterpret_cast<std::uintptr_t>(rest_.data()) % alignment;
    const std::size_t skipped = misplaced == 0 ? 0 : alignment - misplaced;
    if (rest_.size() < skipped || (rest_.size() - skipped) / sizeof(T) < count) return {};
    T* first = reinterpret_cast<T*>(rest_.data() + skipped);
    rest_ = rest_.subspan(skipped + count * sizeof(T));
    for (std::size_t i = 0; i < count; ++i) ::new (static_cast<void*>(first + i)) T(make(i));
    return {first, count};
  }

  /// `count` value-initialised elements, under the same terms.
  template <class T>
  std::span<T> take(std::size_t count, std::size_t alignment = alignof(T)) {
    return make<T>(count, [](std::size_t) { return T{}; }, alignment);
  }

 private:
  std::span<std::byte> rest_;
};

}  // namespace tensormerge
