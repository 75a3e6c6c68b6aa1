#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

inline node make_null() { return {}; }

inline node make_boolean(bool value) {
  return {.type = node::kind::boolean,
          .text = value ? "true" : "false",
          .plain = true,
          .number = value ? 1.0 : 0.0};
}

inline node make_integer(std::int64_t value) {
  return {.type = node::kind::integer,
          .text = std::to_string(value),
          .plain = true,
          .number = static_cast<double>(value)};
}

inline node make_string(std::string text) {
  return {.type = node::kind::string, .text = std::move(text)};
}

inline node make_sequence() { return {.type = node::kind::sequence}; }
inline node make_mapping() { return {.type = node::kind::mapping}; }

/// Gives `key` the value, in its old place where the key exists, else at the end.
/// `mapping` becomes a mapping if it was null. Returns the value in its place.
inline node& set(node& mapping, std::string key, node value) {
  mapping.type = node::kind::mapping;
  for (node_entry& entry : mapping.entries) {
    if (entry.key == key) return entry.value = std::move(value);
  }
  mapping.entries.push_back({std::move(key), {}, std::move(value)});
  return mapping.entries.back().value;
}

}  // namespace tensormerge
