#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_splitter.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// What `tokenizer.ggml.token_type` says of a token.
enum class gguf_token_type : std::int32_t { normal = 1, control = 3, user_defined = 4, unused = 5 };

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
  if (type == nullptr || type->text != "BPE" || merges == nullptr || splitter == nullptr) {
    refuse("the tokenizer is of a kind that is not converted to GGUF", "byte-level BPE",
           type == nullptr ? "none" : quoted_name(type->text));
  }
  const std::optional<std::string_view> name = gguf_splitter(*splitter);
  if (!name) {
    refuse("the tokenizer splits texts in a way that llama.cpp has no known name for",
           "bytes as letters, split as GPT-2, Llama 3 or Qwen 2 do", "another `pre_tokenizer`");
  }
  const node* normaliser = from.document.find("normalizer");
  if (normaliser != nullptr && !normaliser->is_null() && !detail::is_of_type(*normaliser, "NFC")) {
    refuse("the tokenizer changes texts in a way that a GGUF file cannot say", "none, or NFC",
           "another `normalizer`");
  }
  constexpr std::uint64_t most_rows = std::uint64_t{1} << 24;
  if (rows > most_rows) {
    refuse("the model has more rows than tokenizers have tokens", std::to_string(most_rows),
           std::to_string(rows));
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
  for (const auto& [token, to] : gguf_special_tokens) {
    const node* value = config.find(std::string(token) + "_id");
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
