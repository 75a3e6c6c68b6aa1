#pragma once

#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace tensormerge::codegen {

struct literal_entry;

/// A value that a schema writes down: a default, a constant, one of an enumeration.
struct literal {
  enum class kind { null, boolean, integer, number, text, list, mapping };

  kind type = kind::null;
  bool truth = false;
  double number = 0;
  std::string text;  // of text; of numbers as the schema spells them
  std::vector<literal> items;
  std::vector<literal_entry> entries;

  inline bool operator==(const literal&) const;
};

/// A key of a mapping with its value.
struct literal_entry {
  std::string key;
  literal value;

  bool operator==(const literal_entry&) const = default;
};

// Not defaulted, since clang 16 does not get over a defaulted one of a type that holds itself.
inline bool literal::operator==(const literal& other) const {
  return type == other.type && truth == other.truth && number == other.number &&
         text == other.text && items == other.items && entries == other.entries;
}

/// `text` in double quotes with the escapes that C++ and JSON share.
/// Bytes outside ASCII are kept, control characters become octal escapes.
inline std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20) {
      result += '\\';
      for (const int shift : {6, 3, 0}) result += static_cast<char>('0' + ((byte >> shift) & 7));
    } else {
      result += c;
    }
  }
  return result + '"';
}

/// `text` as an initialiser of a std::string_view.
inline std::string quoted_view(const std::string& text) {
  if (text.find('\0') == text.npos) return quoted(text);
  return "std::string_view(" + quoted(text) + ", " + std::to_string(text.size()) + ')';
}

/// The shortest decimal text of a number; equal numbers have equal texts.
inline std::string canonical_number(double number) {
  if (number == 0) number = 0;  // no negative zero
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return std::string(digits, end);
}

/// A text that two values share exactly when JSON Schema calls them equal: keys sorted, 1.0 is 1.
/// The same as what config/schema/canonical_text.hpp makes of values.
inline std::string canonical_text(const literal& value) {
  const auto quote = [](const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    return result + '"';
  };
  std::string text;
  switch (value.type) {
    case literal::kind::null: return "null";
    case literal::kind::boolean: return value.truth ? "true" : "false";
    case literal::kind::integer:
    case literal::kind::number: return canonical_number(value.number);
    case literal::kind::text: return quote(value.text);
    case literal::kind::list:
      for (const literal& item : value.items) {
        text += (text.empty() ? "[" : ",") + canonical_text(item);
      }
      return text.empty() ? "[]" : text + ']';
    case literal::kind::mapping: break;
  }
  std::map<std::string, std::string> sorted;
  for (const auto& [key, entry] : value.entries) sorted[key] = canonical_text(entry);
  for (const auto& [key, entry] : sorted) {
    text += (text.empty() ? "{" : ",") + quote(key) + ':' + entry;
  }
  return text.empty() ? "{}" : text + '}';
}

}  // namespace tensormerge::codegen
