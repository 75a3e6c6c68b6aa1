#pragma once

#include <cstdint>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// The layers from `begin` up to, but without, `end`, counted from 0.
struct layer_range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  text_position at{};

  /// Number of layers; not positive where the range is empty or reversed.
  std::int64_t size() const { return end - begin; }

  friend bool operator==(const layer_range& a, const layer_range& b) {
    return a.begin == b.begin && a.end == b.end;
  }
};

}  // namespace tensormerge
