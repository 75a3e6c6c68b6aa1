#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/checkpoint/byte_level_tokenizer.hpp>
#include <tensormerge/checkpoint/gguf/gguf_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_of_tokenizer.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The texts of a list; none where the key has no such list.
inline std::optional<std::vector<std::string>> gguf_texts(const gguf_metadata& metadata,
                                                          std::string_view key) {
  const gguf_value* value = metadata.find(key);
  if (value == nullptr || value->kind != gguf_kind::list || value->item_kind != gguf_kind::text) {
    return std::nullopt;
  }
  std::vector<std::string> texts;
  std::string_view rest = value->bytes;
  while (rest.size() >= sizeof(std::uint64_t)) {
    const auto length = little_endian(std::as_bytes(std::span(rest)).first(sizeof(std::uint64_t)));
    rest.remove_prefix(sizeof(std::uint64_t));
    texts.emplace_back(rest.substr(0, static_cast<std::size_t>(length)));
    rest.remove_prefix(texts.back().size());
  }
  return texts;
}

namespace detail {

/// The part of a tokenizer.json that puts a token before each text, since transformers heeds
/// `add_bos_token` for few classes.
inline node template_with_first(const std::string& token, std::uint64_t id) {
  const auto piece = [](const char* kind, const std::string& name, std::int64_t of_type) {
    node inner = make_mapping(), outer = make_mapping();
    set(inner, "id", make_string(name));
    set(inner, "type_id", make_integer(of_type));
    set(outer, kind, std::move(inner));
    return outer;
  };
  node single = make_sequence(), pair = make_sequence();
  for (const auto& [text, of_type] : {std::pair("A", 0), std::pair("B", 1)}) {
    for (node* each : {&single, &pair}) {
      if (each == &single && of_type == 1) continue;
      each->items.push_back(piece("SpecialToken", token, of_type));
      each->items.push_back(piece("Sequence", text, of_type));
    }
  }
  node ids = make_sequence(), texts = make_sequence(), special = make_mapping();
  ids.items.push_back(make_integer(static_cast<std::int64_t>(id)));
  texts.items.push_back(make_string(token));
  set(special, "id", make_string(token));
  set(special, "ids", std::move(ids));
  set(special, "tokens", std::move(texts));
  node part = make_mapping(), tokens = make_mapping();
  set(tokens, token, std::move(special));
  set(part, "type", make_string("TemplateProcessing"));
  set(part, "single", std::move(single));
  set(part, "pair", std::move(pair));
  set(part, "special_tokens", std::move(tokens));
  return part;
}

}  // namespace detail

/// tokenizer.json and tokenizer_config.json.
struct tokenizer_files {
  node document{}, settings{};
};

/// The tokenizer of a GGUF file in the files of Hugging Face; none where it is not byte-level BPE
/// that splits texts as GPT-2 or Qwen 2 do.
inline std::optional<tokenizer_files> tokenizer_of_gguf(const gguf_metadata& metadata) {
  const auto tokens = gguf_texts(metadata, "tokenizer.ggml.tokens");
  const auto merges = gguf_texts(metadata, "tokenizer.ggml.merges");
  const std::string_view splitter = metadata.text("tokenizer.ggml.pre").value_or("");
  const bool is_known = splitter == "gpt-2" || splitter == "qwen2";
  if (metadata.text("tokenizer.ggml.model") != "gpt2" || !is_known || !tokens || !merges) {
    return std::nullopt;
  }
  const gguf_value* types = metadata.find("tokenizer.ggml.token_type");
  const auto type_of = [types](std::size_t id) {
    constexpr std::size_t size = sizeof(std::int32_t);
    const bool is_there = types != nullptr && types->item_kind == gguf_kind::int32 &&
                          types->bytes.size() >= (id + 1) * size;
    if (!is_there) return detail::gguf_token_type::normal;
    const auto bytes = std::as_bytes(std::span(types->bytes)).subspan(id * size, size);
    return static_cast<detail::gguf_token_type>(static_cast<std::int32_t>(little_endian(bytes)));
  };
  node vocabulary = make_mapping(), added = make_sequence();
  for (std::size_t id = 0; id < tokens->size(); ++id) {
    const detail::gguf_token_type type = type_of(id);
    if (type == detail::gguf_token_type::unused) continue;
    // Those that were added are in the vocabulary too, which gives them their ids.
    vocabulary.entries.push_back({(*tokens)[id], {}, make_integer(static_cast<std::int64_t>(id))});
    const bool is_special = type == detail::gguf_token_type::control;
    if (!is_special && type != detail::gguf_token_type::user_defined) continue;
    added.items.push_back(write_added_token(
        {.content = (*tokens)[id], .id = id, .normalized = false, .special = is_special}, true));
  }
  std::string lines;
  for (const std::string& merge : *merges) lines += merge + '\n';
  const char* kind = splitter == "qwen2" ? "Qwen2TokenizerFast" : "GPT2TokenizerFast";
  tokenizer_files files;
  files.document = byte_level_tokenizer(kind, false, std::move(vocabulary), lines);
  set(files.document, "added_tokens", std::move(added));
  files.settings = make_mapping();
  set(files.settings, "tokenizer_class", make_string("PreTrainedTokenizerFast"));
  for (const auto& [key, from] : gguf_special_tokens) {
    const std::optional<std::uint64_t> id = metadata.whole_number(from);
    if (id && *id < tokens->size()) {
      set(files.settings, key, make_string((*tokens)[static_cast<std::size_t>(*id)]));
    }
  }
  const std::optional<bool> adds = metadata.boolean("tokenizer.ggml.add_bos_token");
  if (adds) set(files.settings, "add_bos_token", make_boolean(*adds));
  const node* first = files.settings.find("bos_token");
  if (adds.value_or(false) && first != nullptr) {
    const auto id = metadata.whole_number("tokenizer.ggml.bos_token_id");
    set(files.document, "post_processor", detail::template_with_first(first->text, *id));
  }
  if (const auto text = metadata.text("tokenizer.chat_template")) {
    set(files.settings, "chat_template", make_string(std::string(*text)));
  }
  return files;
}

}  // namespace tensormerge
