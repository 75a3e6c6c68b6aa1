#pragma once

#include <string>

#include "declarations.hpp"

namespace tensormerge::codegen {

/// The text of a header with the declared types in the namespace `name_space`, and their Hana
/// accessors. `origin` names the schemas for the first line.
std::string emit_structs(const declarations& declared, const std::string& name_space,
                         const std::string& origin);

}  // namespace tensormerge::codegen
