#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

inline void write_json_text(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    switch (letter) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (code < 0x20) {
          out += "\\u00";
          out += digits[code >> 4];
          out += digits[code & 15];
        } else {
          out += letter;
        }
    }
  }
  out += '"';
}

/// Whether `text` is a number by the grammar of JSON, which YAML's `.5`, `+1` and `0x10` are not.
inline bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  const auto skip = [&](std::string_view any) {
    const bool found = at < text.size() && any.find(text[at]) != std::string_view::npos;
    if (found) ++at;
    return found;
  };
  skip("-");
  const std::size_t first = at, whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return false;
  if (skip(".") && digits() == 0) return false;
  if (skip("eE")) {
    skip("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

inline std::string json_number(const node& value) {
  if (is_json_number(value.text)) return value.text;
  if (!std::isfinite(value.number)) return "null";
  if (value.type == node::kind::integer) return std::to_string(std::llround(value.number));
  std::array<char, 32> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value.number);
  return std::string(digits.data(), written.ptr);
}

inline void write_json_value(const node& value, int indent, int depth, std::string& out) {
  const auto new_line = [&](int level) {
    if (indent <= 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent * level), ' ');
  };
  const std::string_view separator = indent > 0 ? "," : ", ";
  switch (value.type) {
    case node::kind::null:
      out += "null";
      break;
    case node::kind::boolean:
      out += value.number != 0 ? "true" : "false";
      break;
    case node::kind::integer:
    case node::kind::number:
      out += json_number(value);
      break;
    case node::kind::string:
      write_json_text(value.text, out);
      break;
    case node::kind::sequence:
      out += '[';
      for (const node& item : value.items) {
        if (&item != value.items.data()) out += separator;
        new_line(depth + 1);
        write_json_value(item, indent, depth + 1, out);
      }
      if (!value.items.empty()) new_line(depth);
      out += ']';
      break;
    case node::kind::mapping:
      out += '{';
      for (const node_entry& entry : value.entries) {
        if (&entry != value.entries.data()) out += separator;
        new_line(depth + 1);
        write_json_text(entry.key, out);
        out += ": ";
        write_json_value(entry.value, indent, depth + 1, out);
      }
      if (!value.entries.empty()) new_line(depth);
      out += '}';
      break;
  }
}

}  // namespace detail

/// The document as JSON: keys in their order, numbers as they were written where JSON allows it
/// (others in the fewest digits that read back the same; infinities and NaN become null).
/// `indent` spaces a level; 0 writes one line. No line break at the end.
inline std::string write_json(const node& document, int indent = 2) {
  std::string text;
  detail::write_json_value(document, indent, 0, text);
  return text;
}

}  // namespace tensormerge
