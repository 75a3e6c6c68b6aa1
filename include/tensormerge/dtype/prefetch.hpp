#pragma once

#include <cstddef>
#include <cstdint>

namespace tensormerge {

/// Lets the processor fetch the line of memory that is `ahead` elements after `from`, which may be
/// past the end of an array: it is only a hint, and nothing is read.
template <class Element>
void prefetch(const Element* from, std::size_t ahead) {
#if defined(__GNUC__)
  const std::uintptr_t place = reinterpret_cast<std::uintptr_t>(from) + ahead * sizeof(Element);
  __builtin_prefetch(reinterpret_cast<const void*>(place), 0, 2);
#else
  static_cast<void>(from), static_cast<void>(ahead);
#endif
}

/// The same for the lines of `count` elements from there on.
template <class Element>
void prefetch(const Element* from, std::size_t ahead, std::size_t count) {
  static_assert(sizeof(Element) <= 64);
  for (std::size_t i = 0; i < count; i += 64 / sizeof(Element)) prefetch(from, ahead + i);
}

}  // namespace tensormerge
