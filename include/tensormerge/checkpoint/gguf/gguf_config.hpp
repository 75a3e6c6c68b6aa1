#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The number under `<architecture>.<name>`; none where there is no such.
inline std::optional<std::uint64_t> gguf_number(const gguf_metadata& metadata,
                                                std::string_view name) {
  const std::optional<std::string_view> architecture = metadata.text("general.architecture");
  if (!architecture) return std::nullopt;
  return metadata.whole_number(std::string(*architecture) + "." + std::string(name));
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
