#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/rule.hpp>
#include <tensormerge/check/source_text.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/error/suggestion.hpp>

namespace tensormerge {

/// A change of a text: `replacement` for the bytes from `begin` to `end`.
struct text_edit {
  std::size_t begin = 0, end = 0;
  std::string replacement{};
  bool safe = true;  // what is meant does not depend on a guess
};

namespace detail {

/// The one name in the hint that is to be written instead of what stands there.
inline std::string_view name_to_write(std::string_view hint) {
  for (const std::string_view beginning : {"did you mean `", "write `", "quote it: `"}) {
    if (!hint.starts_with(beginning)) continue;
    const std::string_view rest = hint.substr(beginning.size());
    const std::size_t end = rest.find('`');
    if (end == rest.npos || rest.find('`', end + 1) != rest.npos) return {};
    const std::string_view behind = rest.substr(end + 1);
    return behind.empty() || behind == "?" ? rest.substr(0, end) : std::string_view{};
  }
  return {};
}

}  // namespace detail

/// The change that a finding asks for, where it is one word for another. Guesses at what a word
/// was meant to be are not safe where they concern more than two letters, or all.
inline std::optional<text_edit> suggested_edit(const diagnostic& finding,
                                               const source_text& source) {
  const rule& broken = find_rule(finding.rule);
  const std::string_view name = detail::name_to_write(finding.hint);
  const bool is_mapping = name.starts_with("- ") || name.find(": ") != std::string_view::npos;
  if (name.empty() || is_mapping || broken.code.starts_with("TM1")) return std::nullopt;
  const std::string_view word = source.word(finding.at);
  if (word.empty()) return std::nullopt;
  const std::size_t begin = source.offset(finding.at);
  text_edit edit{begin, begin + word.size(), std::string(name)};
  const bool guess = finding.hint.starts_with("did you mean");
  const char quote = word.front();
  const bool quoted = quote == '"' || quote == '\'';
  if (guess && quoted) edit.replacement = quote + edit.replacement + quote;
  std::string_view plain = word;
  if (quoted && word.size() > 1) plain = word.substr(1, word.size() - 2);
  const std::size_t distance = edit_distance(plain, name);
  edit.safe = !guess || (distance <= 2 && distance < plain.size());
  return edit;
}

/// The text with the edits that findings ask for and that do not overlap, and the number of them.
struct fixed_text {
  std::string text;
  std::size_t edits = 0;
};

inline fixed_text apply_suggestions(std::string_view text, const diagnostics& findings,
                                    bool unsafe_too) {
  const source_text source(text);
  std::vector<text_edit> edits;
  for (const diagnostic& each : findings) {
    const auto edit = suggested_edit(each, source);
    if (edit && (edit->safe || unsafe_too)) edits.push_back(*edit);
  }
  std::stable_sort(edits.begin(), edits.end(),
                   [](const text_edit& a, const text_edit& b) { return a.begin < b.begin; });
  fixed_text result;
  std::size_t done = 0;
  for (const text_edit& edit : edits) {
    if (edit.begin < done) continue;
    result.text += text.substr(done, edit.begin - done);
    result.text += edit.replacement;
    done = edit.end;
    ++result.edits;
  }
  result.text += text.substr(done);
  return result;
}

}  // namespace tensormerge
