#pragma once

#include "declarations.hpp"
#include "schema.hpp"

namespace tensormerge::codegen {

/// Adds the types of the schema `root` and of all it refers to, unless they are declared already.
/// Throws schema_error where a value has no one C++ type.
void declare(const schema_document& document, schema_index root, bool keeps_untyped,
             declarations& result);

}  // namespace tensormerge::codegen
