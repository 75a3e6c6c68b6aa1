#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/check/finding_list.hpp>

namespace tensormerge {

/// `# tensormerge: ignore[TM203, TM306]` or, for all rules, `# tensormerge: ignore`: of the line it
/// ends or, where it stands alone, of the next one.
struct ignore_comment {
  std::uint32_t line = 0;  // the line that it is for
  text_position at{};      // of the comment
  std::vector<std::string> codes{};
};

/// The comments of a text. One inside a quoted text counts, too.
inline std::vector<ignore_comment> find_ignore_comments(std::string_view text) {
  constexpr std::string_view mark = "# tensormerge: ignore";
  std::vector<ignore_comment> found;
  std::uint32_t number = 0;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t place = line.find(mark);
    if (place == std::string_view::npos) continue;
    if (place > 0 && line[place - 1] != ' ' && line[place - 1] != '\t') continue;
    std::string_view rest = line.substr(place + mark.size());
    const bool alone = line.find_first_not_of(" \t") == place;
    const auto column = static_cast<std::uint32_t>(
        1 + std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(place),
                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    ignore_comment comment{.line = number + (alone ? 2u : 1u), .at = {number + 1, column}};
    if (rest.starts_with('[')) {
      rest = rest.substr(1, rest.find(']') - 1);
      while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string code(rest.substr(0, comma));
        std::erase(code, ' ');
        if (!code.empty()) comment.codes.push_back(std::move(code));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
    }
    found.push_back(std::move(comment));
  }
  return found;
}

/// Takes out what comments ignore, errors only where that is asked for, and reports those that
/// ignore nothing.
inline void apply_ignore_comments(std::string_view text, bool ignores_errors,
                                  finding_list& findings) {
  diagnostics& items = findings.items();
  std::multimap<std::uint32_t, std::size_t> items_of_line;
  for (std::size_t i = 0; i < items.size(); ++i) items_of_line.emplace(items[i].at.line, i);
  std::vector<bool> ignored(items.size());
  diagnostics useless;
  for (const ignore_comment& comment : find_ignore_comments(text)) {
    std::vector<std::string> unused = comment.codes;
    bool any = false;
    const auto [begin, end] = items_of_line.equal_range(comment.line);
    for (auto each = begin; each != end; ++each) {
      const std::string_view code = code_of(items[each->second]);
      const auto named = std::find(comment.codes.begin(), comment.codes.end(), code);
      if (named == comment.codes.end() && !comment.codes.empty()) continue;
      any = true;
      ignored[each->second] = ignores_errors || items[each->second].level != severity::error;
      std::erase(unused, code);
    }
    if (comment.codes.empty() && !any) {
      useless.push_back({.at = comment.at, .what = "there is nothing to ignore"});
    }
    for (const std::string& code : unused) {
      useless.push_back(
          {.at = comment.at, .what = "there is no " + in_backticks(code) + " to ignore"});
    }
  }
  diagnostics kept;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!ignored[i]) kept.push_back(std::move(items[i]));
  }
  items = std::move(kept);
  for (diagnostic& each : useless) findings.add("unused-ignore", std::move(each));
}

}  // namespace tensormerge
