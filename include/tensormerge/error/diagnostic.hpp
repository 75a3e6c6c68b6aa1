#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tensormerge {

/// How bad a finding is: an error stops the work, a warning and a note do not.
enum class severity { error, warning, note };

constexpr std::string_view to_string(severity level) {
  switch (level) {
    case severity::warning: return "warning";
    case severity::note: return "note";
    default: return "error";
  }
}

/// A place in a text. Lines and columns count from 1, columns in Unicode code points; 0 is unknown.
struct text_position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const text_position&, const text_position&) = default;
};

/// One finding: where, what, what was expected, what was found and what to do about it.
/// Every field but `what` may be empty.
struct diagnostic {
  severity level = severity::error;
  std::string file{};
  text_position at{};
  /// The place inside the document (`models[1].parameters.weight`) or the name of a tensor.
  std::string path{};
  std::string what{};
  std::string expected{};
  std::string found{};
  std::string hint{};
  /// Name of what was checked, for programs: `unknown-key`. The text below does not show it.
  std::string rule{};
};

/// `file:line:column: error: path: what, expected E, found F; hint`, without a line break at the end.
inline std::string to_string(const diagnostic& d) {
  std::string text;
  if (!d.file.empty()) {
    text += d.file;
    if (d.at.line != 0) {
      text += ':' + std::to_string(d.at.line) + ':' + std::to_string(d.at.column);
    }
    text += ": ";
  }
  text += to_string(d.level);
  text += ": ";
  if (!d.path.empty()) text += d.path + ": ";
  text += d.what;
  if (!d.expected.empty()) text += ", expected " + d.expected;
  if (!d.found.empty()) text += ", found " + d.found;
  if (!d.hint.empty()) text += "; " + d.hint;
  return text;
}

}  // namespace tensormerge
