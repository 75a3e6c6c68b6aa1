#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// A token with a part of its own: its key in tokenizer_config.json, with `_id` in config.json, and
/// that in a GGUF file.
struct special_token_keys {
  const char* token;
  const char* gguf;
};

inline constexpr std::array<special_token_keys, 3> gguf_special_tokens{
    {{"bos_token", "tokenizer.ggml.bos_token_id"},
     {"eos_token", "tokenizer.ggml.eos_token_id"},
     {"pad_token", "tokenizer.ggml.padding_token_id"}}};

/// What the format holds of layers, heads and other numbers of a model at most.
inline constexpr std::uint64_t most_gguf_number = std::numeric_limits<std::uint32_t>::max();

/// The number under `<architecture>.<name>`; none where there is no such, or it is impossible.
inline std::optional<std::uint64_t> gguf_number(const gguf_metadata& metadata,
                                                std::string_view name) {
  const std::optional<std::string_view> architecture = metadata.text("general.architecture");
  if (!architecture) return std::nullopt;
  const auto number =
      metadata.whole_number(std::string(*architecture) + "." + std::string(name));
  return number && *number <= most_gguf_number ? number : std::nullopt;
}

/// What a config.json would say to planning, as far as a GGUF file tells: the architecture, and the
/// numbers of layers and tokens.
inline node gguf_config(const gguf_metadata& metadata) {
  node config = make_mapping();
  if (const auto architecture = metadata.text("general.architecture")) {
    set(config, "model_type", make_string(std::string(*architecture)));
  }
  if (const auto layers = gguf_number(metadata, "block_count")) {
    set(config, "num_hidden_layers", make_integer(static_cast<std::int64_t>(*layers)));
  }
  const gguf_value* tokens = metadata.find("tokenizer.ggml.tokens");
  if (tokens != nullptr && tokens->kind == gguf_kind::list) {
    set(config, "vocab_size", make_integer(static_cast<std::int64_t>(tokens->items)));
  }
  return config;
}

}  // namespace tensormerge
