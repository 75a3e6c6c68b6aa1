#pragma once

#include <string>
#include <utility>
#include <vector>

#include "schema.hpp"

namespace tensormerge::codegen {

/// A schema that gets a function `validate_<name>`.
struct validated_root {
  const schema_document* document = nullptr;
  schema_index index = 0;
  std::string name;
};

/// The text of a header with functions that check a document against schemas.
std::string emit_validator(const std::vector<validated_root>& roots, const std::string& name_space,
                           const std::string& origin);

}  // namespace tensormerge::codegen
