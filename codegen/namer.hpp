#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace tensormerge::codegen {

inline constexpr std::array<std::string_view, 97> cpp_keywords{
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
    "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return",
    "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
    "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
    "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
    "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
    "struct", "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef",
    "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t",
    "while", "xor", "xor_eq",
    // Names that a generated struct or the system's headers use themselves.
    "std", "boost", "required", "linux", "unix"};

/// A C++ identifier that is spelt like `text` wherever C++ allows that: other characters become
/// underscores, a leading digit gets one in front, reserved words one behind.
inline std::string identifier(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 &&
                       static_cast<unsigned char>(c) < 0x80;
    if (plain) {
      result += c;
    } else if (result.empty() || result.back() != '_') {
      result += '_';  // names with two underscores in a row are reserved
    }
  }
  if (result.empty() || std::isdigit(static_cast<unsigned char>(result.front())) != 0) {
    result = "n" + result;
  } else if (result.front() == '_') {
    result = "n" + result;  // names that start with one are reserved in part
  }
  if (std::find(cpp_keywords.begin(), cpp_keywords.end(), result) != cpp_keywords.end()) {
    result += '_';
  }
  return result;
}

/// The name of a type that a title or a key suggests: `Model entry` and `modelEntry` become
/// `model_entry`.
inline std::string type_name(std::string_view text) {
  std::string words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool starts_word = std::isupper(c) != 0 && i != 0 &&
                             std::islower(static_cast<unsigned char>(text[i - 1])) != 0;
    if (starts_word) words += '_';
    words += static_cast<char>(std::tolower(c));
  }
  return identifier(words);
}

}  // namespace tensormerge::codegen
