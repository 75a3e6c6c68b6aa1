#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The keys under which config.json files state how many layers a stack has.
inline constexpr std::array<std::string_view, 4> layer_count_keys{"num_hidden_layers", "n_layer",
                                                                  "n_layers", "num_layers"};

/// The keys under which a model of several parts keeps the configuration of its language model.
inline constexpr std::array<std::string_view, 3> text_config_keys{"text_config", "language_config",
                                                                  "llm_config"};

/// The number of layers that a config.json states, at its top or for its language model; none where
/// it states none.
inline std::optional<std::uint64_t> layer_count(const node& config) {
  const auto stated_in = [](const node& part) -> std::optional<std::uint64_t> {
    for (const std::string_view key : layer_count_keys) {
      const node* value = part.find(key);
      if (value == nullptr) continue;
      if (const std::optional<std::uint64_t> count = unsigned_integer(*value)) return count;
    }
    return std::nullopt;
  };
  if (const std::optional<std::uint64_t> count = stated_in(config)) return count;
  for (const std::string_view key : text_config_keys) {
    const node* part = config.find(key);
    if (part == nullptr) continue;
    if (const std::optional<std::uint64_t> count = stated_in(*part)) return count;
  }
  return std::nullopt;
}

}  // namespace tensormerge
