#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tensormerge {

/// Where the bytes of a torch file's storage lie.
struct storage_place {
  std::uint64_t offset = 0;  // from the start of the file
  std::uint64_t bytes = 0;
};

/// The storages of a file by their keys.
using storage_places = std::unordered_map<std::string, storage_place>;

}  // namespace tensormerge
