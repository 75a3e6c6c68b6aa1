#pragma once

#include <array>
#include <charconv>
#include <map>
#include <string>
#include <string_view>

#include <tensormerge/document/node.hpp>

namespace tensormerge::schema {

/// A text that two values share exactly when JSON Schema calls them equal: keys sorted, 1.0 is 1.
inline std::string canonical_text(const node& value) {
  const auto quote = [](std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    return result + '"';
  };
  std::string text;
  switch (value.type) {
    case node::kind::null: return "null";
    case node::kind::boolean: return value.number != 0 ? "true" : "false";
    case node::kind::integer:
    case node::kind::number: {
      std::array<char, 32> digits;
      const double number = value.number == 0 ? 0 : value.number;  // no negative zero
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
      return std::string(digits.data(), end);
    }
    case node::kind::string: return quote(value.text);
    case node::kind::sequence:
      for (const node& item : value.items) {
        text += (text.empty() ? "[" : ",") + canonical_text(item);
      }
      return text.empty() ? "[]" : text + ']';
    default: break;
  }
  std::map<std::string_view, std::string> sorted;
  for (const node_entry& entry : value.entries) sorted[entry.key] = canonical_text(entry.value);
  for (const auto& [key, entry] : sorted) {
    text += (text.empty() ? "{" : ",") + quote(key) + ':' + entry;
  }
  return text.empty() ? "{}" : text + '}';
}

}  // namespace tensormerge::schema
