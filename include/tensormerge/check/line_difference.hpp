#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <tensormerge/check/source_text.hpp>

namespace tensormerge {

/// The difference between two texts of as many lines, which is all that edits within lines make, in
/// the unified format. Empty where they are the same.
inline std::string line_difference(std::string_view before, std::string_view after,
                                   const std::string& file) {
  constexpr std::size_t context = 3;
  const source_text old_text(before), new_text(after);
  const std::size_t lines = old_text.lines();
  const auto differs = [&](std::size_t number) {
    return old_text.line(number) != new_text.line(number);
  };
  std::string result;
  for (std::size_t number = 1; number <= lines; ++number) {
    if (!differs(number)) continue;
    const std::size_t begin = number > context ? number - context : 1;
    std::size_t last = number;
    for (std::size_t next = number; next <= std::min(lines, last + 2 * context); ++next) {
      if (differs(next)) last = next;
    }
    std::size_t end = std::min(lines, last + context);
    if (end == lines && old_text.line(lines).empty() && end > last) --end;
    if (result.empty()) result = "--- " + file + "\n+++ " + file + '\n';
    const std::string range = std::to_string(begin) + ',' + std::to_string(end - begin + 1);
    result += "@@ -" + range + " +" + range + " @@\n";
    for (std::size_t i = begin; i <= end; ++i) {
      if (!differs(i)) {
        result += ' ' + std::string(old_text.line(i)) + '\n';
        continue;
      }
      std::size_t run = i;
      while (run < end && differs(run + 1)) ++run;
      for (std::size_t k = i; k <= run; ++k) result += '-' + std::string(old_text.line(k)) + '\n';
      for (std::size_t k = i; k <= run; ++k) result += '+' + std::string(new_text.line(k)) + '\n';
      i = run;
    }
    number = end;
  }
  return result;
}

}  // namespace tensormerge
