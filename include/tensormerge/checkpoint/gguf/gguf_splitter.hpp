#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/byte_level_tokenizer.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

namespace detail {

/// Patterns that texts are split by before merging, and llama.cpp's names for them: those of
/// Radford et al. (2019), Llama 3 (Dubey et al. 2024) and Qwen 2 (Yang et al. 2024).
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 3> gguf_splitters{
    {{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)", "gpt-2"},
     {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+)"
      R"([\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
      "llama-bpe"},
     {qwen2_pattern, "qwen2"}}};

/// Whether a part of a tokenizer.json has that boolean; what is not stated is `otherwise`.
inline bool has_flag(const node& part, std::string_view key, bool expected, bool otherwise) {
  const node* value = part.find(key);
  if (value == nullptr) return expected == otherwise;
  return value->type == node::kind::boolean && (value->number != 0) == expected;
}

inline bool is_of_type(const node& part, std::string_view type) {
  const node* own = part.find("type");
  return own != nullptr && own->is_string() && own->text == type;
}

/// Bytes as letters, and nothing put before a text.
inline bool is_byte_level(const node& part, bool splits) {
  return is_of_type(part, "ByteLevel") && has_flag(part, "add_prefix_space", false, true) &&
         has_flag(part, "use_regex", splits, true);
}

}  // namespace detail

/// llama.cpp's name for the way that a tokenizer.json splits texts before merging: as GPT-2 does
/// without a pattern, or by a known pattern alone. None for any other way.
inline std::optional<std::string_view> gguf_splitter(const node& pre_tokenizer) {
  if (detail::is_byte_level(pre_tokenizer, true)) return "gpt-2";
  const node* parts = pre_tokenizer.find("pretokenizers");
  if (!detail::is_of_type(pre_tokenizer, "Sequence") || parts == nullptr) return std::nullopt;
  if (parts->items.size() != 2 || !detail::is_byte_level(parts->items[1], false)) {
    return std::nullopt;
  }
  const node& split = parts->items[0];
  const node* behaviour = split.find("behavior");
  const bool isolates = behaviour != nullptr && behaviour->text == "Isolated";
  if (!detail::is_of_type(split, "Split") || !isolates ||
      !detail::has_flag(split, "invert", false, false)) {
    return std::nullopt;
  }
  const node* pattern = split.find("pattern");
  const node* expression = pattern == nullptr ? nullptr : pattern->find("Regex");
  if (expression == nullptr) return std::nullopt;
  for (const auto& [known, name] : detail::gguf_splitters) {
    if (expression->text == known) return name;
  }
  return std::nullopt;
}

}  // namespace tensormerge
