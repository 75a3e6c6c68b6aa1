#pragma once

#include <string>

#include "declarations.hpp"

namespace tensormerge::codegen {

/// A page in Markdown about the configuration that declarations describe: for each struct its keys
/// with type, default and description, for each enum its values. The one declared last comes first,
/// since it is made of the others.
std::string emit_reference(const declarations& declared, const std::string& origin);

}  // namespace tensormerge::codegen
