#pragma once

#include <string>

#include "declarations.hpp"

namespace tensormerge::codegen {

enum class accessor_place { same_header, other_header };

/// The text of a header with the declared types in the namespace `name_space`, and their Hana
/// accessors where these have no header of their own. `origin` names the schemas for the first
/// line.
std::string emit_structs(const declarations& declared, const std::string& name_space,
                         const std::string& origin, accessor_place accessors);

/// The text of a header with the Hana accessors alone. It needs no definition of the types.
std::string emit_accessors(const declarations& declared, const std::string& name_space,
                           const std::string& origin);

}  // namespace tensormerge::codegen
