#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>

#include <tensormerge/config/schema/canonical_text.hpp>
#include <tensormerge/config/schema/finding.hpp>

namespace tensormerge::schema {

/// `items`: `first` for the items at the start, `rest` (or nullptr) for all after them.
inline void check_items(const node& value, const value_path& path, std::span<const check> first,
                        check rest, findings& found) {
  if (!value.is_sequence()) return;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const check rule = i < first.size() ? first[i] : rest;
    if (rule != nullptr) rule(value.items[i], value_path(path, i), found);
  }
}

inline void check_item_count(const node& value, const value_path& path, std::size_t least,
                             std::size_t most, findings& found) {
  if (!value.is_sequence()) return;
  const std::size_t count = value.items.size();
  if (count < least) {
    report(value, path, "too few items", "at least " + std::to_string(least), found);
    found.back().what.found = std::to_string(count);
    if (path.entry() != nullptr) found.back().what.at = path.entry()->key_at;
  } else if (count > most) {
    report(value.items[most], path, "too many items", "at most " + std::to_string(most), found);
    found.back().what.found = std::to_string(count);
    const bool none_allowed = most == 0 && path.entry() != nullptr;
    if (none_allowed) found.back().what.at = path.entry()->key_at;
    if (none_allowed) found.back().what.rule = "conflict";
  }
}

inline void check_unique(const node& value, const value_path& path, findings& found) {
  if (!value.is_sequence()) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (seen.insert(canonical_text(value.items[i])).second) continue;
    report(value.items[i], value_path(path, i), "repeated item", "different items", found);
  }
}

inline void check_contains(const node& value, const value_path& path, check rule,
                           findings& found) {
  if (!value.is_sequence()) return;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (obeys(rule, value.items[i], value_path(path, i))) return;
  }
  report(value, path, "an item is missing", "one that the schema asks for", found);
}

}  // namespace tensormerge::schema
