#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

struct node_entry;

/// A value of a YAML or JSON document with the place it was read from.
/// A tree that owns its children: aliases are already copied in, merge keys already merged.
struct node {
  enum class kind { null, boolean, integer, number, string, sequence, mapping };

  kind type = kind::null;
  text_position at{};
  /// Scalars: the text, unescaped (`0.5`, `yes`, `model/path`).
  std::string text{};
  /// Scalars of YAML: written without quotes, so that `text` was interpreted to find `type`.
  bool plain = false;
  /// The value where `type` is boolean (0 or 1), integer or number.
  double number = 0;
  std::vector<node> items{};
  std::vector<node_entry> entries;

  bool is_scalar() const { return type < kind::sequence; }
  bool is_null() const { return type == kind::null; }
  bool is_number() const { return type == kind::integer || type == kind::number; }
  bool is_string() const { return type == kind::string; }
  bool is_sequence() const { return type == kind::sequence; }
  bool is_mapping() const { return type == kind::mapping; }

  /// The value of `key`, or nullptr where this is not a mapping or has no such key.
  inline const node* find(std::string_view key) const;
};

/// A key of a mapping with its value; keys are unique and keep the document's order.
struct node_entry {
  std::string key{};
  text_position key_at{};
  node value{};
};

inline const node* node::find(std::string_view key) const {
  for (const node_entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

constexpr std::string_view to_string(node::kind type) {
  switch (type) {
    case node::kind::null: return "null";
    case node::kind::boolean: return "a boolean";
    case node::kind::integer: return "an integer";
    case node::kind::number: return "a number";
    case node::kind::string: return "text";
    case node::kind::sequence: return "a list";
    default: return "a mapping";
  }
}

}  // namespace tensormerge
