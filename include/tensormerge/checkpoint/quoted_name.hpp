#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tensormerge {

/// A name out of a file, fit to be shown: bytes that a terminal would act upon become `?`, and the
/// middle of a name longer than 120 bytes is left out.
inline std::string quoted_name(std::string_view name) {
  constexpr std::size_t longest = 120, kept = 50;
  std::string text = "`";
  if (name.size() > longest) {
    text.append(name.substr(0, kept)).append("...").append(name.substr(name.size() - kept));
  } else {
    text.append(name);
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text + '`';
}

/// Whether `name` names a file directly inside a folder: no separators, no `..`, nothing
/// unprintable.
inline bool is_plain_file_name(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return false;
  for (const char c : name) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

}  // namespace tensormerge
