#pragma once

#include "schema.hpp"

namespace tensormerge::codegen {

/// Throws schema_error where a schema applies itself to the same value again, by references and
/// combinations (`allOf`, `not`, ...) alone: a check of it would not end.
void refuse_endless(const schema_document& document);

}  // namespace tensormerge::codegen
