#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tensormerge {

namespace detail {

struct name_pair {
  std::string_view hugging_face, gguf;
};

/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, "Standardized tensor names".
inline constexpr std::array<name_pair, 9> gguf_layer_names{{
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"input_layernorm", "attn_norm"},
    {"post_attention_layernorm", "ffn_norm"},
}};
inline constexpr std::array<name_pair, 3> gguf_outer_names{{
    {"model.embed_tokens", "token_embd"},
    {"model.norm", "output_norm"},
    {"lm_head", "output"},
}};

/// What follows `prefix` in `name`, split at the layer's number.
struct layer_parts {
  std::string_view number, module, ending;
};

/// What a tensor of a module may be called.
constexpr bool is_known_ending(std::string_view ending) {
  return ending == ".weight" || ending == ".bias";
}

/// `<prefix>12.<module>.weight` in its parts; none where the name is not one of those.
inline std::optional<layer_parts> split_layer(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view rest = name.substr(prefix.size());
  const std::size_t dot = rest.find('.'), last = rest.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || last == dot) return std::nullopt;
  if (rest.substr(0, dot).find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  return layer_parts{rest.substr(0, dot), rest.substr(dot + 1, last - dot - 1), rest.substr(last)};
}

/// Renames from the member `from` to the other, with these prefixes of layers.
inline std::optional<std::string> renamed(std::string_view name,
                                          std::string_view name_pair::*from,
                                          std::string_view name_pair::*to,
                                          std::string_view from_prefix,
                                          std::string_view to_prefix) {
  if (const std::optional<layer_parts> parts = split_layer(name, from_prefix)) {
    if (!is_known_ending(parts->ending)) return std::nullopt;
    for (const name_pair& pair : gguf_layer_names) {
      if (pair.*from != parts->module) continue;
      return std::string(to_prefix) + std::string(parts->number) + '.' + std::string(pair.*to) +
             std::string(parts->ending);
    }
    return std::nullopt;
  }
  const std::size_t last = name.rfind('.');
  if (last == std::string_view::npos || !is_known_ending(name.substr(last))) return std::nullopt;
  for (const name_pair& pair : gguf_outer_names) {
    if (pair.*from == name.substr(0, last)) {
      return std::string(pair.*to) + std::string(name.substr(last));
    }
  }
  return std::nullopt;
}

}  // namespace detail

/// The name in a GGUF file of a tensor of a Hugging Face model of Llama's kind; none where there is
/// none.
inline std::optional<std::string> gguf_name(std::string_view hugging_face) {
  return detail::renamed(hugging_face, &detail::name_pair::hugging_face, &detail::name_pair::gguf,
                         "model.layers.", "blk.");
}

/// The reverse.
inline std::optional<std::string> hugging_face_name(std::string_view gguf) {
  return detail::renamed(gguf, &detail::name_pair::gguf, &detail::name_pair::hugging_face, "blk.",
                         "model.layers.");
}

}  // namespace tensormerge
