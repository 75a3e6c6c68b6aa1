#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// A text that can be asked for its lines and for the words at places of diagnostics.
class source_text {
 public:
  explicit source_text(std::string_view text) : text_(text) {
    if (text.starts_with("\xEF\xBB\xBF")) starts_.front() = 3;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  std::string_view text() const { return text_; }
  std::size_t lines() const { return starts_.size(); }

  /// A line by its number from 1, without its end; empty where there is none.
  std::string_view line(std::size_t number) const {
    if (number == 0 || number > starts_.size()) return {};
    const std::size_t start = std::min(starts_[number - 1], text_.size());
    std::string_view found = text_.substr(start, text_.find('\n', start) - start);
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
  }

  /// The byte at a place; the end of the line where that has fewer characters.
  std::size_t offset(text_position at) const {
    if (at.line == 0 || at.line > starts_.size()) return text_.size();
    const std::size_t start = starts_[at.line - 1];
    return start + bytes_of(line(at.line), at.column == 0 ? 0 : at.column - 1);
  }

  /// The key, number or quoted text that begins at a place, with its quotes; a single character of
  /// anything else. Does not leave the line.
  std::string_view word(text_position at) const {
    const std::size_t begin = offset(at);
    const std::string_view whole = line(at.line);
    if (at.line == 0 || begin >= starts_[at.line - 1] + whole.size()) return {};
    const std::string_view rest = whole.substr(begin - starts_[at.line - 1]);
    const char first = rest.front();
    if (first == '"' || first == '\'') {
      for (std::size_t i = 1; i < rest.size(); ++i) {
        if (first == '"' && rest[i] == '\\') ++i;
        else if (rest[i] == first) return rest.substr(0, i + 1);
      }
      return rest;
    }
    if (std::string_view("[]{},-#&*!|>").find(first) != std::string_view::npos &&
        (rest.size() == 1 || first != '-' || rest[1] == ' ')) {
      return rest.substr(0, 1);
    }
    std::size_t end = 0;
    const bool flow = is_in_flow(whole.substr(0, whole.size() - rest.size()));
    for (; end < rest.size(); ++end) {
      const char letter = rest[end];
      const bool last = end + 1 == rest.size();
      if (letter == ':' && (last || rest[end + 1] == ' ')) break;
      if (letter == '#' && end > 0 && rest[end - 1] == ' ') break;
      if (flow && (letter == ',' || letter == ']' || letter == '}')) break;
    }
    const std::string_view found = rest.substr(0, end);
    return found.substr(0, found.find_last_not_of(" \t") + 1);
  }

 private:
  static bool is_in_flow(std::string_view before) {
    int open = 0;
    for (const char letter : before) {
      if (letter == '[' || letter == '{') ++open;
      if (letter == ']' || letter == '}') --open;
    }
    return open > 0;
  }

  /// Bytes of the first `characters` code points.
  static std::size_t bytes_of(std::string_view text, std::size_t characters) {
    std::size_t bytes = 0;
    for (; bytes < text.size() && characters > 0; --characters) {
      ++bytes;
      while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) {
        ++bytes;
      }
    }
    return bytes;
  }

  std::string_view text_;
  std::vector<std::size_t> starts_{0};
};

/// Number of code points.
inline std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace tensormerge
