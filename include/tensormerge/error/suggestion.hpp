#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tensormerge {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment distance).
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

/// The known name nearest to `word`, or an empty view where none is near enough to be meant
/// (more than a third of its letters would have to change, or its only one).
inline std::string_view nearest_name(std::string_view word,
                                     std::span<const std::string_view> known) {
  constexpr std::size_t longest_word = 64;  // nobody mistypes longer names, and the cost is quadratic
  std::string_view best;
  if (word.size() > longest_word) return best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view name : known) {
    if (name.size() > longest_word) continue;
    const std::size_t distance = edit_distance(word, name);
    const bool other_letter = word.size() == 1 && name.size() == 1 &&
                              (word[0] | 0x20) != (name[0] | 0x20);
    if (distance < least && !other_letter) {
      least = distance;
      best = name;
    }
  }
  return best;
}

/// "did you mean `weight`?" where a known name is near `word`, else an empty text.
inline std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string_view name = nearest_name(word, known);
  return name.empty() ? std::string{} : "did you mean `" + std::string(name) + "`?";
}

}  // namespace tensormerge
