#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tensormerge {

/// What a person probably did wrong where a YAML parser gave up, and where.
struct yaml_mistake {
  /// Byte of the text.
  std::size_t offset = 0;
  std::string what;
  std::string hint;
};

namespace detail {

inline std::size_t line_start(std::string_view text, std::size_t offset) {
  const std::size_t before = text.substr(0, offset).rfind('\n');
  return before == std::string_view::npos ? 0 : before + 1;
}

inline std::string_view line_at(std::string_view text, std::size_t start) {
  return text.substr(start, text.find('\n', start) - start);
}

/// The backslash of the escape that the parser has read up to `offset`; \U, \u and \x take it
/// 8, 4 and 2 letters further, which may hold backslashes of their own.
inline std::size_t escape_before(std::string_view text, std::size_t offset) {
  struct {
    std::string_view begin;
    std::size_t digits;
  } constexpr escapes[] = {{"\\U", 8}, {"\\u", 4}, {"\\x", 2}};
  for (const auto& [begin, digits] : escapes) {
    const std::size_t bytes = begin.size() + digits;
    if (offset >= bytes && text.substr(offset - bytes).starts_with(begin)) return offset - bytes;
  }
  const std::size_t backslash = text.substr(0, offset).rfind('\\');
  return backslash == std::string_view::npos ? offset : backslash;
}

/// A key that the parser met where a value had already begun: `a: b: c`, or a line that it had to
/// take for the continuation of the one before.
inline yaml_mistake explain_unexpected_key(std::string_view text, std::size_t offset) {
  const std::size_t start = line_start(text, offset);
  const std::string_view line = line_at(text, start);
  const std::size_t in_line = offset - start;
  if (line.substr(0, in_line).find(": ") != std::string_view::npos) {
    return {offset, "is not valid YAML: a second key in one line", "quote a value that holds `: `"};
  }
  const std::size_t first = std::min(line.find_first_not_of(' '), in_line);
  if (start > 0) {
    const std::string_view before = line_at(text, line_start(text, start - 1));
    const std::size_t colon = before.find(':');
    if (colon != std::string_view::npos && colon + 1 < before.size() &&
        before.substr(colon + 1).find_first_of(" \r") != 0 &&
        before.find(": ") == std::string_view::npos) {
      return {start + first, "is not valid YAML: the line before is no key and value",
              "write a space after its colon: `" + std::string(before.substr(0, colon + 1)) + ' ' +
                  std::string(before.substr(colon + 1, before.find_last_not_of(" \r") - colon)) +
                  '`'};
    }
  }
  if (line.substr(first).starts_with("- model:")) {
    return {start + first, "is not valid YAML: a list where no key begins one",
            "insert the line `models:`"};
  }
  return {start + first, "is not valid YAML: a key where the value before has not ended",
          "line the key up with the other keys, or complete the line before"};
}

}  // namespace detail

/// Turns a message of yaml-cpp 0.7 and the byte that it names into words about the text.
inline yaml_mistake explain_yaml_error(std::string_view text, std::size_t offset,
                                       std::string_view message) {
  offset = std::min(offset, text.size());
  const std::size_t start = detail::line_start(text, offset);
  const std::size_t tab = detail::line_at(text, start).find_first_not_of(' ');
  if (tab != std::string_view::npos && text[start + tab] == '\t') {
    return {start + tab, "is not valid YAML: a tab is used as indentation", "use spaces"};
  }
  const auto says = [message](std::string_view beginning) {
    return message.starts_with(beginning);
  };
  if (says("illegal map value")) return detail::explain_unexpected_key(text, offset);
  if (says("end of map not found") || says("end of sequence not found") ||
      says("illegal block entry")) {
    return {offset, "is not valid YAML: the line does not fit the lines above",
            "give all keys of a mapping, or all dashes of a list, the same indentation"};
  }
  if (says("end of map flow not found"))
    return {offset, "is not valid YAML: a { is not closed", {}};
  if (says("end of sequence flow not found")) {
    return {offset, "is not valid YAML: a [ is not closed", {}};
  }
  if (says("illegal flow end")) {
    return {offset, "is not valid YAML: this bracket closes nothing", "remove it"};
  }
  if (says("unknown escape") || says("bad character found while scanning hex") ||
      says("invalid unicode")) {
    return {detail::escape_before(text, offset),
            "is not valid YAML: an unknown escape in double quotes",
            "write / in paths, or use single quotes, which keep a backslash"};
  }
  if (says("the referenced anchor is not defined")) {
    return {offset, "is not valid YAML: an alias without an anchor before it",
            "define it with & above, or quote the text"};
  }
  if (says("alias not found")) {
    const bool behind_star = offset > 0 && text[offset - 1] == '*';
    return {behind_star ? offset - 1 : offset, "is not valid YAML: a bare * begins an alias",
            "quote it: \"*\""};
  }
  if (says("unknown token")) {
    return {offset, "is not valid YAML: a value must not begin with this character",
            "quote the value"};
  }
  if (says("illegal EOF in scalar")) {
    return {offset, "is not valid YAML: a quotation mark is not closed", {}};
  }
  return {offset, "is not valid YAML: " + std::string(message), {}};
}

/// Where a quoted text begins that never ends, of the value whose anchor, tag or quotation mark is
/// at `offset`; yaml-cpp 0.7 takes the end of the file for the missing mark.
inline std::optional<std::size_t> find_unclosed_quote(std::string_view text, std::size_t offset) {
  constexpr std::string_view blanks = " \t\r\n";
  while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
    offset = std::min(text.find_first_of(blanks, offset), text.size());
    offset = std::min(text.find_first_not_of(blanks, offset), text.size());
  }
  if (offset >= text.size() || (text[offset] != '"' && text[offset] != '\'')) return std::nullopt;
  const char quote = text[offset];
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 == text.size() || text[i + 1] != quote) return std::nullopt;
      ++i;
    }
  }
  return offset;
}

}  // namespace tensormerge
