#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "schema.hpp"
#include "schema_files.hpp"

namespace tensormerge::codegen {

struct reading_options {
  std::vector<std::filesystem::path> fragments;  // that extend the schema (see extended_json.hpp)
  std::vector<schema_resource> resources;        // where schemas with other URIs are
  std::vector<std::string> ignored_keywords;     // that say nothing about what is valid
  bool check_formats = false;                    // `format` is no annotation
};

/// Reads a draft-07 JSON Schema, and those in other files that it refers to.
/// Throws std::runtime_error where a file cannot be read and, with the JSON pointer, for what is
/// not a schema and for every keyword, form and reference that the generator cannot express.
schema_document read_schema(const std::filesystem::path& file, const reading_options& options = {});

}  // namespace tensormerge::codegen
