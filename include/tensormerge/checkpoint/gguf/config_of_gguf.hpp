#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/gguf/gguf_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// The shortest text that reads as this float.
inline node make_real(float value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string text(digits.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return make_scalar(node::kind::number, std::move(text), true, static_cast<double>(value));
}

}  // namespace detail

/// The config.json that transformers wants for a GGUF file of Llama's kind. `has_head`: whether
/// there is a head that is not tied; `has_biases`: of the attention. Throws failure where the file
/// says too little, or what has no counterpart. `file` is for messages.
inline node config_of_gguf(const gguf_metadata& metadata, bool has_head, bool has_biases,
                           const std::string& file) {
  const std::string architecture(metadata.text("general.architecture").value_or(""));
  const bool is_qwen = architecture == "qwen2";
  diagnostics findings;
  const auto report = [&](std::string key, std::string what, std::string expected,
                          std::string found) {
    findings.push_back({.file = file,
                        .path = quoted_name(key),
                        .what = std::move(what),
                        .expected = std::move(expected),
                        .found = std::move(found)});
  };
  if (architecture != "llama" && !is_qwen) {
    report("general.architecture", "models of this architecture are not converted",
           "llama or qwen2", quoted_name(architecture));
  }
  const auto scaling = metadata.text(architecture + ".rope.scaling.type");
  if (scaling && *scaling != "none") {
    report(architecture + ".rope.scaling.type", "this scaling of positions is not converted",
           "none", quoted_name(*scaling));
  }
  if (gguf_number(metadata, "expert_count").value_or(0) != 0) {
    report(architecture + ".expert_count", "mixtures of experts are not converted", "0", "more");
  }
  node config = make_mapping(), classes = make_sequence();
  classes.items.push_back(make_string(is_qwen ? "Qwen2ForCausalLM" : "LlamaForCausalLM"));
  set(config, "architectures", std::move(classes));
  set(config, "model_type", make_string(is_qwen ? "qwen2" : "llama"));
  const auto copy = [&](const char* key, std::string_view from) {
    const std::optional<std::uint64_t> value = gguf_number(metadata, from);
    if (value) set(config, key, make_integer(static_cast<std::int64_t>(*value)));
    else report(architecture + '.' + std::string(from), "is missing", "a whole number", "none");
  };
  copy("hidden_size", "embedding_length");
  copy("intermediate_size", "feed_forward_length");
  copy("num_hidden_layers", "block_count");
  copy("num_attention_heads", "attention.head_count");
  copy("max_position_embeddings", "context_length");
  const auto heads = gguf_number(metadata, "attention.head_count");
  const auto shared = gguf_number(metadata, "attention.head_count_kv");
  const auto width = gguf_number(metadata, "embedding_length");
  if (heads == 0u) report(architecture + ".attention.head_count", "is wrong", "1 or more", "0");
  if (!findings.empty()) throw failure(std::move(findings));
  set(config, "num_key_value_heads",
      make_integer(static_cast<std::int64_t>(shared.value_or(*heads))));
  const auto size = gguf_number(metadata, "attention.key_length");
  set(config, "head_dim", make_integer(static_cast<std::int64_t>(size.value_or(*width / *heads))));
  const gguf_value* tokens = metadata.find("tokenizer.ggml.tokens");
  const std::uint64_t vocabulary = gguf_number(metadata, "vocab_size")
                                       .value_or(tokens == nullptr ? 0 : tokens->items);
  set(config, "vocab_size", make_integer(static_cast<std::int64_t>(vocabulary)));
  set(config, "hidden_act", make_string("silu"));
  const auto real = [&](const char* key, const char* from, double otherwise) {
    const double value = metadata.real_number(architecture + from).value_or(otherwise);
    set(config, key, detail::make_real(static_cast<float>(value)));
  };
  real("rms_norm_eps", ".attention.layer_norm_rms_epsilon", 1e-6);
  real("rope_theta", ".rope.freq_base", 10000);
  if (!is_qwen) set(config, "attention_bias", make_boolean(has_biases));
  set(config, "tie_word_embeddings", make_boolean(!has_head));
  constexpr std::array<std::pair<const char*, const char*>, 3> ids{
      {{"bos_token_id", "tokenizer.ggml.bos_token_id"},
       {"eos_token_id", "tokenizer.ggml.eos_token_id"},
       {"pad_token_id", "tokenizer.ggml.padding_token_id"}}};
  for (const auto& [key, from] : ids) {
    const std::optional<std::uint64_t> id = metadata.whole_number(from);
    if (id) set(config, key, make_integer(static_cast<std::int64_t>(*id)));
  }
  return config;
}

}  // namespace tensormerge
