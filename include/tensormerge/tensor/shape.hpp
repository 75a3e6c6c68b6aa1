#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tensormerge {

/// The extents of a tensor, outermost first; without any it is a scalar of one element.
struct shape {
  std::vector<std::uint64_t> extents;

  shape() = default;
  shape(std::initializer_list<std::uint64_t> list) : extents(list) {}
  explicit shape(std::vector<std::uint64_t> list) : extents(std::move(list)) {}

  friend bool operator==(const shape&, const shape&) = default;

  /// Number of elements; none where it does not fit in 64 bits.
  std::optional<std::uint64_t> checked_elements() const {
    std::uint64_t count = 1;
    bool overflow = false;
    for (const std::uint64_t extent : extents) {
      if (extent == 0) return 0;
      if (count > std::numeric_limits<std::uint64_t>::max() / extent) overflow = true;
      count *= extent;
    }
    if (overflow) return std::nullopt;
    return count;
  }

  /// Number of elements of a shape known to be sound.
  std::uint64_t elements() const { return checked_elements().value_or(0); }

  /// Length of the last axis; 1 for a scalar.
  std::uint64_t row_length() const { return extents.empty() ? 1 : extents.back(); }

  /// Length of the first axis; 1 for a scalar.
  std::uint64_t column_length() const { return extents.empty() ? 1 : extents.front(); }
};

/// `[32000, 4096]`
inline std::string to_string(const shape& s) {
  std::string text = "[";
  for (const std::uint64_t extent : s.extents) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

}  // namespace tensormerge
