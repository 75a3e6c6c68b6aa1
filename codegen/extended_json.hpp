#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

namespace tensormerge::codegen {

/// The JSON document `file` with what the fragments add to it, in their order: mappings are merged
/// key by key, lists get the entries that they lack behind their own, and other values must be
/// equal. Throws std::runtime_error with the file, and the JSON pointer where a fragment says
/// something else than what is there already.
nlohmann::ordered_json read_extended_json(const std::filesystem::path& file,
                                          const std::vector<std::filesystem::path>& fragments);

}  // namespace tensormerge::codegen
