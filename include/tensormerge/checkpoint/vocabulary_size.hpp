#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The number of tokens that a config.json states as `vocab_size`, at its top or for its language
/// model; none where it states none.
inline std::optional<std::uint64_t> vocabulary_size(const node& config) {
  if (const node* stated = config.find("vocab_size")) {
    if (const auto size = unsigned_integer(*stated)) return size;
  }
  for (const std::string_view key : text_config_keys) {
    const node* part = config.find(key);
    const node* stated = part == nullptr ? nullptr : part->find("vocab_size");
    if (stated == nullptr) continue;
    if (const auto size = unsigned_integer(*stated)) return size;
  }
  return std::nullopt;
}

}  // namespace tensormerge
