#pragma once

#include <string>
#include <vector>

#include "schema.hpp"

namespace tensormerge::codegen {

/// The schemas that a pointer with `*` for any run of characters names, in the order of the file.
std::vector<schema_index> match_roots(const schema_document& document, const std::string& glob);

/// The name of the type or function that stands for a schema of its own (a root or a definition).
std::string declared_name(const schema_document& document, schema_index index);

}  // namespace tensormerge::codegen
