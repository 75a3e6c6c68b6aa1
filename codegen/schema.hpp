#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "literal.hpp"
#include "uri.hpp"

namespace tensormerge::codegen {

/// Thrown for what a schema says and the generator cannot express; names the JSON pointer.
struct schema_error : std::runtime_error {
  schema_error(const std::string& pointer, const std::string& what)
      : std::runtime_error(pointer + ": " + what) {}
  /// The same, in a file.
  schema_error(const std::string& file, const schema_error& error)
      : std::runtime_error(file + error.what()) {}
};

/// The kinds of value that `type` names, as bits.
enum kind_bits : std::uint8_t {
  null_bit = 1,
  boolean_bit = 2,
  integer_bit = 4,
  number_bit = 8,
  text_bit = 16,
  list_bit = 32,
  mapping_bit = 64,
};

/// Index of a schema in its document.
using schema_index = std::size_t;

struct dependency {
  std::string key;
  std::vector<std::string> keys;       // which must be there too, or
  std::optional<schema_index> schema;  // what the mapping must obey
};

/// One schema with its keywords as plain values; no keyword is a missing value.
struct schema {
  std::string file;     // empty in the document's own file; others by their path from its folder
  std::string pointer;  // in its file
  std::string title, description;

  std::optional<bool> boolean;  // the schemas `true` and `false`
  std::optional<schema_index> ref;  // what `$ref` refers to; other keywords do not count then
  std::uint8_t kinds = 0;  // kind_bits; 0 where any is allowed
  std::optional<std::vector<literal>> enumeration;
  std::optional<literal> constant;
  std::optional<literal> default_value;

  std::optional<double> minimum, exclusive_minimum, maximum, exclusive_maximum, multiple_of;
  std::optional<std::size_t> min_length, max_length;
  std::optional<std::string> pattern, format;

  std::vector<schema_index> item_list;      // `items` as a list
  std::optional<schema_index> items;        // `items` as one schema, else `additionalItems`
  std::optional<std::size_t> min_items, max_items;
  bool unique_items = false;
  std::optional<schema_index> contains;

  std::vector<std::pair<std::string, schema_index>> properties, pattern_properties;
  std::optional<schema_index> additional_properties, property_names;
  std::optional<std::size_t> min_properties, max_properties;
  std::vector<std::string> required;
  std::vector<dependency> dependencies;

  std::vector<schema_index> all_of, any_of, one_of;
  std::optional<schema_index> not_, if_, then_, else_;

  // Extension keywords.
  std::string cpp_type, cpp_include, cpp_name, cpp_position;
  std::string expected;
  std::vector<std::pair<std::string, std::string>> hints;

  /// Where it is written, for people: `#/definitions/model`, `units.json#/definitions/metre`.
  std::string place() const { return file + percent_encoded(pointer); }

  /// The name of the definition that it is, or nothing.
  std::string definition() const {
    for (const std::string folder : {"#/definitions/", "#/$defs/"}) {
      if (!pointer.starts_with(folder)) continue;
      const std::string name = pointer.substr(folder.size());
      if (name.find('/') == name.npos) return name;
    }
    return {};
  }
};

/// All schemas of one file and of those that it refers to. The first is the root.
struct schema_document {
  std::string name;  // of the file, without folder and endings
  std::vector<schema> schemas;
  std::vector<std::filesystem::path> other_files;  // that were read for references

  const schema& root() const { return schemas.front(); }

  /// The schema that `index` stands for, once references are followed.
  schema_index follow(schema_index index) const {
    std::size_t steps = 0;
    while (schemas[index].ref) {
      if (++steps > schemas.size()) {
        throw schema_error(schemas[index].place() + "/$ref", "leads back to itself");
      }
      index = *schemas[index].ref;
    }
    return index;
  }
};

}  // namespace tensormerge::codegen
