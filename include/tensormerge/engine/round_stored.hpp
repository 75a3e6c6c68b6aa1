#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/dispatch.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// Rounds elements that are stored in `type` to values that `narrow` holds; they stay in `type`.
inline void round_stored(dtype type, dtype narrow, std::span<std::byte> elements) {
  if (narrow == type || !is_mergeable(type) || !is_mergeable(narrow)) return;
  with_storage_type(type, [&](auto wide_type) {
    using wide = typename decltype(wide_type)::type;
    with_storage_type(narrow, [&](auto narrow_type) {
      using stored = typename decltype(narrow_type)::type;
      wide* const values = reinterpret_cast<wide*>(elements.data());
      for (std::size_t i = 0; i < elements.size() / sizeof(wide); ++i) {
        const stored rounded = nearest_even::store<stored>(load<double>(values[i]));
        values[i] = nearest_even::store<wide>(load<double>(rounded));
      }
    });
  });
}

}  // namespace tensormerge
