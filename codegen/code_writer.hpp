#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace tensormerge::codegen {

/// Collects lines of C++ with their indentation.
class code_writer {
 public:
  static constexpr std::size_t width = 100;

  void line(std::string_view text = {}) {
    if (!text.empty()) text_.append(2 * depth_, ' ').append(text);
    text_ += '\n';
  }

  void indent() { ++depth_; }

  /// A line that opens a block, and the line that closes it.
  void open(std::string_view text) {
    line(text);
    ++depth_;
  }
  void close(std::string_view text) {
    --depth_;
    line(text);
  }

  /// A comment, broken at spaces so that no line is longer than `width`.
  void comment(std::string_view marker, std::string_view text) {
    std::string row;
    const std::size_t room = width - 2 * depth_ - marker.size() - 1;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
      const bool line_break = end < text.size() && text[end] == '\n';
      if (!row.empty() && row.size() + 1 + end > room) flush(marker, row);
      if (end != 0) row += (row.empty() ? "" : " ") + std::string(text.substr(0, end));
      if (line_break) flush(marker, row);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!row.empty()) flush(marker, row);
  }

  /// `before{a, b, c}after` on one line, or on as many as it needs. `padding` stands inside the
  /// braces of the short form.
  template <class Texts>
  void list(std::string_view before, const Texts& texts, std::string_view after,
            std::string_view padding = {}) {
    std::string all = std::string(before) + '{';
    std::string separator(padding);
    for (const auto& text : texts) {
      all += separator + std::string(text);
      separator = ", ";
    }
    if (!texts.empty()) all += padding;
    all += '}' + std::string(after);
    if (2 * depth_ + all.size() <= width) {
      line(all);
      return;
    }
    line(std::string(before) + '{');
    ++depth_;
    ++depth_;
    std::string row;
    for (const auto& text : texts) {
      const std::string next = std::string(text) + ',';
      if (!row.empty() && 2 * depth_ + row.size() + 1 + next.size() > width) {
        line(row);
        row.clear();
      }
      row += (row.empty() ? "" : " ") + next;
    }
    line(row);
    --depth_;
    --depth_;
    line('}' + std::string(after));
  }

  const std::string& text() const { return text_; }

 private:
  void flush(std::string_view marker, std::string& row) {
    line(row.empty() ? std::string(marker) : std::string(marker) + ' ' + row);
    row.clear();
  }

  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace tensormerge::codegen
