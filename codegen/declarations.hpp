#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "literal.hpp"

namespace tensormerge::codegen {

/// The type of a member: a basic one, one that is declared elsewhere, or one made of others.
struct value_type {
  enum class kind { boolean, integer, number, text, named, custom, list, map, variant };

  kind form = kind::text;
  std::string name;                   // of a named type of this header, or of any custom one
  std::vector<value_type> arguments;  // of list, map (1), variant
  std::size_t count = 0;              // list: its fixed length, 0 where it has none
  bool nullable = false;              // an item or a value of a map that may be null

  bool operator==(const value_type&) const = default;
};

struct member {
  std::string key;
  std::string description;
  value_type type;
  bool required = false;
  std::optional<literal> default_value;
  value_type default_type{};  // of a variant: the alternative that the default is one of

  bool operator==(const member&) const = default;
};

struct structure {
  std::string name;
  std::string description;
  std::vector<member> members;
  std::string position_type;  // of the additional member `at`, empty where there is none

  bool operator==(const structure&) const = default;
};

struct enumeration {
  std::string name;
  std::string description;
  std::vector<std::string> values;

  bool operator==(const enumeration&) const = default;
};

/// What a generated header declares, each after those it needs.
struct declarations {
  std::vector<std::variant<enumeration, structure>> items;
  std::vector<std::string> includes;
};

}  // namespace tensormerge::codegen
