#pragma once

#include <filesystem>
#include <vector>

#include "schema.hpp"

namespace tensormerge::codegen {

/// Reads a draft-07 JSON Schema, extended by fragments of one (see extended_json.hpp).
/// Throws schema_error for what is not a schema and for every keyword, form and reference that
/// the generator cannot express, std::runtime_error where a file cannot be read.
schema_document read_schema(const std::filesystem::path& file,
                            const std::vector<std::filesystem::path>& fragments = {});

}  // namespace tensormerge::codegen
