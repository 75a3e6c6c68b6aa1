#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tensormerge::codegen {

/// A URI reference in its parts (RFC 3986, section 3). A part that is missing is empty.
struct uri {
  std::string scheme, authority, path, query, fragment;
  bool has_authority = false;

  static uri parse(std::string_view text) {
    uri result;
    if (const auto hash = text.find('#'); hash != text.npos) {
      result.fragment = text.substr(hash + 1);
      text = text.substr(0, hash);
    }
    if (const auto mark = text.find('?'); mark != text.npos) {
      result.query = text.substr(mark);
      text = text.substr(0, mark);
    }
    const auto colon = text.find(':');
    if (colon != text.npos && colon < text.find('/')) {
      result.scheme = text.substr(0, colon);
      text = text.substr(colon + 1);
    }
    if (text.starts_with("//")) {
      const auto end = std::min(text.find('/', 2), text.size());
      result.authority = text.substr(2, end - 2);
      result.has_authority = true;
      text = text.substr(end);
    }
    result.path = text;
    return result;
  }

  /// All but the fragment.
  std::string resource() const {
    return (scheme.empty() ? "" : scheme + ':') + (has_authority ? "//" + authority : "") + path +
           query;
  }
};

/// A path without its steps `.` and `..`.
inline std::string without_dots(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const std::string_view step = path.substr(0, end);
    path = path.substr(end);
    if (step == "/." || step == "/..") {
      if (step == "/..") result.resize(std::min(result.rfind('/'), result.size()));
      if (path.empty()) result += '/';
    } else {
      result += step;
    }
  }
  return result;
}

/// What `reference` names where `base` is the place it stands in (RFC 3986, section 5.2).
inline uri resolve(const uri& base, std::string_view text) {
  uri reference = uri::parse(text);
  if (!reference.scheme.empty()) return reference;
  reference.scheme = base.scheme;
  if (reference.has_authority) return reference;
  reference.authority = base.authority;
  reference.has_authority = base.has_authority;
  if (reference.path.empty()) {
    reference.path = base.path;
    if (reference.query.empty()) reference.query = base.query;
  } else if (!reference.path.starts_with('/')) {
    const auto last = base.path.rfind('/');
    const std::string folder =
        last == std::string::npos ? (base.has_authority ? "/" : "") : base.path.substr(0, last + 1);
    reference.path = without_dots(folder + reference.path);
  } else {
    reference.path = without_dots(reference.path);
  }
  return reference;
}

/// Undoes percent encoding. Throws std::invalid_argument where two digits do not follow a `%`.
inline std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
    throw std::invalid_argument("a % without two hexadecimal digits");
  };
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) throw std::invalid_argument("a % without two hexadecimal digits");
    result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return result;
}

/// A JSON pointer as the fragment of a URI: control characters, spaces and quotes are encoded.
inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || c == '"' || c == '\\' || c == '%' || byte == 0x7F) {
      result += '%';
      result += digits[byte >> 4];
      result += digits[byte & 15];
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace tensormerge::codegen
