#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// A scalar as a reader finds it: see node for the meaning of each part.
inline node make_scalar(node::kind type, std::string text, bool plain, double number = 0,
                        text_position at = {}) {
  node value;
  value.type = type;
  value.at = at;
  value.text = std::move(text);
  value.plain = plain;
  value.number = number;
  return value;
}

inline node make_boolean(bool value) {
  return make_scalar(node::kind::boolean, value ? "true" : "false", true, value ? 1 : 0);
}

inline node make_integer(std::int64_t value) {
  return make_scalar(node::kind::integer, std::to_string(value), true, static_cast<double>(value));
}

inline node make_string(std::string text) {
  return make_scalar(node::kind::string, std::move(text), false);
}

inline node make_sequence(text_position at = {}) {
  node value;
  value.type = node::kind::sequence;
  value.at = at;
  return value;
}

inline node make_mapping(text_position at = {}) {
  node value;
  value.type = node::kind::mapping;
  value.at = at;
  return value;
}

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
