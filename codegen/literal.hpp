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
};

/// A key of a mapping with its value.
struct literal_entry {
  std::string key;
  literal value;
};

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

/// The shortest decimal text of a number; equal numbers have equal texts.
inline std::string canonical_number(double number) {
  if (number == 0) number = 0;  // no negative zero
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return std::string(digits, end);
}

/// A text that two values share exactly when JSON Schema calls them equal: keys sorted, 1.0 is 1.
inline std::string canonical_text(const literal& value) {
  std::string text;
  switch (value.type) {
    case literal::kind::null: return "null";
    case literal::kind::boolean: return value.truth ? "true" : "false";
    case literal::kind::integer:
    case literal::kind::number: return canonical_number(value.number);
    case literal::kind::text: return quoted(value.text);
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
    text += (text.empty() ? "{" : ",") + quoted(key) + ':' + entry;
  }
  return text.empty() ? "{}" : text + '}';
}

}  // namespace tensormerge::codegen
