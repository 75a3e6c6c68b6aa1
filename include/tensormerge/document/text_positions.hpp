#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// Turns byte offsets of a UTF-8 text into lines and columns (from 1, columns in code points; a
/// byte order mark at the start is none). Cheap for a million look-ups in one long line.
class text_positions {
 public:
  explicit text_positions(std::string_view text) : text_(text) {
    points_before_block_.reserve(text.size() / block_bytes + 1);
    std::uint32_t points = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % block_bytes == 0) points_before_block_.push_back(points);
      if (starts_point(text[i])) ++points;
      if (text[i] == '\n') line_starts_.push_back(i + 1);
    }
    if (text.starts_with("\xEF\xBB\xBF")) line_starts_.front() = 3;
  }

  text_position at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto after = std::upper_bound(line_starts_.begin() + 1, line_starts_.end(), offset);
    const std::size_t start = std::min(*(after - 1), offset);
    return {static_cast<std::uint32_t>(after - line_starts_.begin()),
            points_before(offset) - points_before(start) + 1};
  }

 private:
  static constexpr std::size_t block_bytes = 256;

  static bool starts_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

  std::uint32_t points_before(std::size_t offset) const {
    const std::size_t block = offset / block_bytes;
    if (block >= points_before_block_.size()) {
      return block == 0 ? 0 : points_before(offset - 1) + (starts_point(text_[offset - 1]) ? 1 : 0);
    }
    const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(block * block_bytes);
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(offset);
    return points_before_block_[block] +
           static_cast<std::uint32_t>(std::count_if(begin, end, starts_point));
  }

  std::string_view text_;
  std::vector<std::size_t> line_starts_{0};
  std::vector<std::uint32_t> points_before_block_;
};

}  // namespace tensormerge
