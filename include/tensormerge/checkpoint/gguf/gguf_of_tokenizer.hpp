#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// What `tokenizer.ggml.token_type` says of a token.
enum class gguf_token_type : std::int32_t { normal = 1, control = 3, user_defined = 4, unused = 5 };

/// Whether a part of a tokenizer.json, or one of its parts, is of that type.
inline bool has_part(const node& part, std::string_view type) {
  const node* own = part.find("type");
  if (own != nullptr && own->text == type) return true;
  for (const char* list : {"pretokenizers", "decoders", "processors"}) {
    const node* parts = part.find(list);
    if (parts == nullptr) continue;
    for (const node& each : parts->items) {
      if (has_part(each, type)) return true;
    }
  }
  return false;
}

/// The pattern that texts are split by first, empty where there is none.
inline std::string_view split_pattern(const node& splitter) {
  const node* parts = splitter.find("pretokenizers");
  if (parts == nullptr) return {};
  for (const node& part : parts->items) {
    const node* pattern = part.find("pattern");
    const node* expression = pattern == nullptr ? nullptr : pattern->find("Regex");
    if (expression != nullptr) return expression->text;
  }
  return {};
}

/// llama.cpp's name for the way that texts are split before merging; none where it is not known.
inline std::optional<std::string_view> splitter_name(const node& splitter) {
  const std::string_view pattern = split_pattern(splitter);
  if (pattern.empty()) return "gpt-2";
  const auto has = [pattern](std::string_view part) {
    return pattern.find(part) != std::string_view::npos;
  };
  if (!has("(?i:'s|'t|'re|'ve|'m|'ll|'d)")) return std::nullopt;
  if (has("\\p{N}{1,3}")) return "llama-bpe";
  if (has("|\\p{N}|")) return "qwen2";
  return std::nullopt;
}

}  // namespace detail

/// Puts a byte-level BPE tokenizer (Radford et al. 2019) into the keys of a GGUF file, with so many
/// tokens as the model has rows; rows without a token are said to be unused. Throws failure for
/// tokenizers of another kind.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, "Tokenizer".
inline void add_gguf_tokenizer(const tokenizer& from, std::uint64_t rows, const node& config,
                               gguf_metadata& metadata) {
  const auto refuse = [&from](std::string what, std::string expected, std::string found) {
    throw failure(diagnostic{.file = (from.folder / "tokenizer.json").string(),
                             .what = std::move(what),
                             .expected = std::move(expected),
                             .found = std::move(found)});
  };
  const node* model = from.document.find("model");
  const node* type = model == nullptr ? nullptr : model->find("type");
  const node* splitter = from.document.find("pre_tokenizer");
  const node* merges = model == nullptr ? nullptr : model->find("merges");
  if (type == nullptr || type->text != "BPE" || merges == nullptr || splitter == nullptr ||
      !detail::has_part(*splitter, "ByteLevel")) {
    refuse("the tokenizer is of a kind that is not converted to GGUF", "byte-level BPE",
           type == nullptr ? "none" : quoted_name(type->text));
  }
  const std::optional<std::string_view> name = detail::splitter_name(*splitter);
  if (!name) {
    refuse("the tokenizer splits texts in a way that llama.cpp has no known name for",
           "that of GPT-2, Llama 3 or Qwen 2", quoted_name(detail::split_pattern(*splitter)));
  }
  if (from.tokens.rows() > rows) {
    refuse("the tokenizer has more tokens than the model has rows", std::to_string(rows),
           std::to_string(from.tokens.rows()));
  }
  std::vector<std::string> tokens(static_cast<std::size_t>(rows));
  std::vector<std::int32_t> types(static_cast<std::size_t>(rows),
                                  static_cast<std::int32_t>(detail::gguf_token_type::unused));
  const auto set_token = [&](const std::string& text, std::uint64_t id,
                             detail::gguf_token_type kind) {
    tokens[static_cast<std::size_t>(id)] = text;
    types[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(kind);
  };
  for (const auto& entry : from.tokens.entries()) {
    set_token(std::string(entry.token), entry.id, detail::gguf_token_type::normal);
  }
  for (const added_token& token : from.tokens.added()) {
    set_token(token.content, token.id,
              token.special ? detail::gguf_token_type::control
                            : detail::gguf_token_type::user_defined);
  }
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].empty()) tokens[i] = "[PAD" + std::to_string(i) + "]";
  }
  std::vector<std::string> pairs;
  pairs.reserve(merges->items.size());
  for (const node& merge : merges->items) {
    const bool is_pair = merge.is_sequence() && merge.items.size() == 2;
    pairs.push_back(is_pair ? merge.items[0].text + " " + merge.items[1].text : merge.text);
  }
  metadata.set_text("tokenizer.ggml.model", "gpt2");
  metadata.set_text("tokenizer.ggml.pre", std::string(*name));
  metadata.set_texts("tokenizer.ggml.tokens", tokens);
  metadata.set_numbers("tokenizer.ggml.token_type", types);
  metadata.set_texts("tokenizer.ggml.merges", pairs);
  constexpr std::array<std::pair<const char*, const char*>, 3> ids{
      {{"bos_token_id", "tokenizer.ggml.bos_token_id"},
       {"eos_token_id", "tokenizer.ggml.eos_token_id"},
       {"pad_token_id", "tokenizer.ggml.padding_token_id"}}};
  for (const auto& [key, to] : ids) {
    const node* value = config.find(key);
    if (value != nullptr && value->is_sequence() && !value->items.empty()) {
      value = &value->items.front();
    }
    const auto id = value == nullptr ? std::nullopt : unsigned_integer(*value);
    if (id && *id < rows) metadata.set_number(to, static_cast<std::uint32_t>(*id));
  }
  const node* adds = from.settings.find("add_bos_token");
  if (adds != nullptr && adds->type == node::kind::boolean) {
    metadata.set_boolean("tokenizer.ggml.add_bos_token", adds->number != 0);
  }
}

}  // namespace tensormerge
