#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/document/text_positions.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// Bytes of the UTF-8 sequence at the start of `text` and its code point; 0 bytes where it is none.
struct code_point {
  std::size_t bytes = 0;
  std::uint32_t value = 0;
};

inline code_point first_code_point(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return {1, lead};
  const std::size_t bytes = lead >= 0xF5   ? 0
                            : lead >= 0xF0 ? 4
                            : lead >= 0xE0 ? 3
                            : lead >= 0xC2 ? 2
                                           : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  std::uint32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return overlong || surrogate || value > 0x10FFFF ? code_point{} : code_point{bytes, value};
}

inline std::string hexadecimal(std::uint32_t value, int least_digits) {
  std::string text;
  for (; value != 0 || least_digits > 0; value >>= 4, --least_digits) {
    text.insert(text.begin(), "0123456789ABCDEF"[value & 15]);
  }
  return text;
}

}  // namespace detail

/// Whether all of the text is well-formed UTF-8.
inline bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const detail::code_point letter = detail::first_code_point(text.substr(0, 4));
    if (letter.bytes == 0) return false;
    text.remove_prefix(letter.bytes);
  }
  return true;
}

/// Throws failure, at the first byte at fault, unless the text is UTF-8 (with or without a byte
/// order mark) and free of control characters other than tab and line breaks, as YAML 1.1 asks.
inline void check_encoding(std::string_view text, const text_positions& positions,
                           const std::string& file_name) {
  const auto refuse = [&](std::size_t offset, std::string what, std::string found,
                          std::string hint) {
    throw failure(diagnostic{.file = file_name,
                             .at = positions.at(offset),
                             .what = std::move(what),
                             .expected = "text in UTF-8",
                             .found = std::move(found),
                             .hint = std::move(hint),
                             .rule = "encoding"});
  };
  const bool marked = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (marked || (text.size() > 1 && (text[0] == '\0') != (text[1] == '\0'))) {
    refuse(0, "cannot be read", "UTF-16 or UTF-32", "save the file as UTF-8");
  }
  for (std::size_t i = 0; i < text.size();) {
    const detail::code_point letter = detail::first_code_point(text.substr(i, 4));
    if (letter.bytes == 0) {
      const auto byte = static_cast<unsigned char>(text[i]);
      refuse(i, "is not UTF-8", "the byte 0x" + detail::hexadecimal(byte, 2),
             "save the file as UTF-8");
    }
    const std::uint32_t value = letter.value;
    const bool control = (value < 0x20 && value != '\t' && value != '\n' && value != '\r') ||
                         (value >= 0x7F && value < 0xA0 && value != 0x85) || value == 0xFFFE ||
                         value == 0xFFFF;
    if (control) {
      refuse(i, "holds a control character", "U+" + detail::hexadecimal(value, 4),
             "remove the character");
    }
    i += letter.bytes;
  }
}

}  // namespace tensormerge
