#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>

namespace tensormerge {

/// What a tensor outside of the layers is for, as far as planning must know.
enum class tensor_role {
  token_embedding,  // a row for each token, before the first layer
  other_embedding,  // positions, token types and their norms, before the first layer
  head,             // a row for each token, after the last layer
  other
};

namespace detail {

inline bool has_segment(std::string_view name, std::span<const std::string_view> wanted) {
  while (!name.empty()) {
    const std::string_view segment = name.substr(0, name.find('.'));
    if (std::find(wanted.begin(), wanted.end(), segment) != wanted.end()) return true;
    name.remove_prefix(std::min(name.size(), segment.size() + 1));
  }
  return false;
}

}  // namespace detail

/// Judged by the name, with the words that model families use.
inline tensor_role role_of(std::string_view name) {
  constexpr std::array<std::string_view, 3> heads{"lm_head", "embed_out", "output_layer"};
  constexpr std::array<std::string_view, 8> token_embeddings{
      "embed_tokens", "wte",    "word_embeddings", "embed_in",
      "tok_embeddings", "shared", "token_embd",      "tokens_embed"};
  if (detail::has_segment(name, heads) || name.starts_with("output.")) return tensor_role::head;
  if (detail::has_segment(name, token_embeddings)) return tensor_role::token_embedding;
  const bool embeds = name.find("embed") != std::string_view::npos;
  constexpr std::array<std::string_view, 1> positions{"wpe"};
  if (embeds || detail::has_segment(name, positions)) return tensor_role::other_embedding;
  return tensor_role::other;
}

/// Whether the first axis of the tensor counts the tokens of the vocabulary: an embedding, a head
/// or its bias, but not the layers that some heads have before.
inline bool has_row_per_token(std::string_view name) {
  const auto contains = [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  if (contains("predictions.decoder.") || name.ends_with("predictions.bias")) return true;
  if (contains("norm") || contains(".dense.")) return false;
  const tensor_role role = role_of(name);
  return role == tensor_role::token_embedding || role == tensor_role::head;
}

/// Whether the tensor is a buffer that loaders compute anew, which old checkpoints still hold.
inline bool is_derived_buffer(std::string_view name) {
  constexpr std::array<std::string_view, 4> endings{".rotary_emb.inv_freq", ".attn.bias",
                                                    ".attn.masked_bias", ".attention.masked_bias"};
  return std::any_of(endings.begin(), endings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); });
}

/// The tensor of that name; for the weight of a head that a model does not have, the token
/// embedding that it is tied to. nullptr where there is neither.
inline const tensor_entry* find_or_tied(const checkpoint& weights, std::string_view name) {
  if (const tensor_entry* found = weights.find(name)) return found;
  if (role_of(name) != tensor_role::head || !name.ends_with(".weight")) return nullptr;
  const auto& tensors = weights.tensors();
  const auto tied = std::find_if(tensors.begin(), tensors.end(), [](const tensor_entry& tensor) {
    return role_of(tensor.name) == tensor_role::token_embedding && tensor.name.ends_with(".weight");
  });
  return tied == tensors.end() ? nullptr : &*tied;
}

}  // namespace tensormerge
