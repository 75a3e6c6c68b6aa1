#pragma once

#include <filesystem>

#include "schema.hpp"

namespace tensormerge::codegen {

/// Reads a draft-07 JSON Schema.
/// Throws schema_error for what is not a schema and for every keyword, form and reference that
/// the generator cannot express, std::runtime_error where the file cannot be read.
schema_document read_schema(const std::filesystem::path& file);

}  // namespace tensormerge::codegen
