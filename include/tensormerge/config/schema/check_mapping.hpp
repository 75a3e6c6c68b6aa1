#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/config/schema/finding.hpp>
#include <tensormerge/config/text_pattern.hpp>

namespace tensormerge::schema {

using tensormerge::text_pattern;

struct property_check {
  std::string_view key;
  check value;
};
struct pattern_check {
  const text_pattern* key;
  check value;
};

/// What a mapping's keys must obey.
struct mapping_rules {
  std::span<const property_check> properties{};
  std::span<const pattern_check> patterns{};
  check additional = nullptr;  // for keys that neither names nor patterns know
  bool closed = false;         // such keys are not allowed
  std::span<const std::string_view> required{};
  std::span<const std::string_view> known{};  // all names, for suggestions
  std::span<const word_hint> hints{};
};

inline void report_missing(const node& value, const value_path& path, std::string_view key,
                           findings& found) {
  const std::string name(key);
  found.push_back({diagnostic{.at = value.entries.empty() ? value.at : value.entries[0].key_at,
                              .path = path.text(),
                              .what = "missing key `" + name + '`',
                              .hint = "add `" + name + ":`",
                              .rule = "missing-key"},
                   path.depth()});
  found.back().missing_keys.push_back(name);
}

/// `properties`, `patternProperties`, `additionalProperties` and `required`.
inline void check_mapping(const node& value, const value_path& path, const mapping_rules& rules,
                          findings& found) {
  if (!value.is_mapping()) return;
  for (const node_entry& entry : value.entries) {
    const value_path below(path, entry);
    bool known = false;
    for (const property_check& each : rules.properties) {
      if (each.key != entry.key) continue;
      known = true;
      if (each.value != nullptr) each.value(entry.value, below, found);
    }
    for (const auto& [pattern, rule] : rules.patterns) {
      if (!pattern->search(entry.key)) continue;
      known = true;
      if (rule != nullptr) rule(entry.value, below, found);
    }
    if (known) continue;
    if (rules.additional != nullptr) rules.additional(entry.value, below, found);
    if (!rules.closed) continue;
    found.push_back({diagnostic{.at = entry.key_at,
                                .path = path.text(),
                                .what = "unknown key `" + entry.key + '`',
                                .hint = hint_for(entry.key, rules.hints, rules.known),
                                .rule = "unknown-key"},
                     path.depth()});
    found.back().unknown_key = true;
  }
  for (const std::string_view key : rules.required) {
    if (value.find(key) == nullptr) report_missing(value, path, key, found);
  }
}

inline void check_key_count(const node& value, const value_path& path, std::size_t least,
                            std::size_t most, findings& found) {
  if (!value.is_mapping()) return;
  const std::size_t count = value.entries.size();
  if (count >= least && count <= most) return;
  report(value, path, count < least ? "too few keys" : "too many keys",
         count < least ? "at least " + std::to_string(least) : "at most " + std::to_string(most),
         found);
  found.back().what.found = std::to_string(count);
  if (count > most) found.back().what.at = value.entries[most].key_at;
  const bool none_allowed = most == 0 && path.entry() != nullptr;
  if (none_allowed) found.back().what.at = path.entry()->key_at;
  if (none_allowed) found.back().what.rule = "conflict";
}

/// `propertyNames`: each key is checked as a text of its own.
inline void check_key_names(const node& value, const value_path& path, check rule,
                            findings& found) {
  for (const node_entry& entry : value.entries) {
    node key;
    key.type = node::kind::string;
    key.text = entry.key;
    key.at = entry.key_at;
    rule(key, value_path(path, entry), found);
  }
}

/// `dependencies` of the key `key`: other keys, or a schema for the whole mapping.
inline void check_dependency(const node& value, const value_path& path, std::string_view key,
                             std::span<const std::string_view> others, check rule,
                             findings& found) {
  for (const node_entry& entry : value.entries) {
    if (entry.key != key) continue;
    for (const std::string_view other : others) {
      if (value.find(other) != nullptr) continue;
      found.push_back({diagnostic{.at = entry.key_at,
                                  .path = path.text(),
                                  .what = "missing key `" + std::string(other) + "`, which `" +
                                          std::string(key) + "` needs",
                                  .rule = "missing-key"},
                       path.depth()});
    }
    if (rule != nullptr) rule(value, path, found);
  }
}

}  // namespace tensormerge::schema
