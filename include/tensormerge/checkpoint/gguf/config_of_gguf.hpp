#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/gguf/gguf_config.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// What the tensors of a GGUF file tell of a model.
struct gguf_tensor_facts {
  bool has_head = false;    // one that is not tied
  bool has_biases = false;  // of the attention
  std::optional<std::uint64_t> embedding_rows{};
};

namespace detail {

/// The shortest text that reads as this float.
inline node make_real(float value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  std::string text(digits.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return make_scalar(node::kind::number, std::move(text), true, static_cast<double>(value));
}

/// Makes a config.json of metadata and collects what is missing or not supported.
class gguf_config_converter {
 public:
  gguf_config_converter(const gguf_metadata& metadata, const gguf_tensor_facts& facts,
                        std::string file)
      : metadata_(metadata), facts_(facts), file_(std::move(file)) {}

  node run() {
    prefix_ = std::string(metadata_.text("general.architecture").value_or(""));
    const bool is_qwen = prefix_ == "qwen2";
    if (prefix_ != "llama" && !is_qwen) {
      report("general.architecture", "models of this architecture are not converted",
             "llama or qwen2", quoted_name(prefix_));
      throw failure(std::move(findings_));
    }
    prefix_ += '.';
    node classes = make_sequence();
    classes.items.push_back(make_string(is_qwen ? "Qwen2ForCausalLM" : "LlamaForCausalLM"));
    set(config_, "architectures", std::move(classes));
    set(config_, "model_type", make_string(is_qwen ? "qwen2" : "llama"));
    refuse_what_cannot_be_said();
    const std::uint64_t width = copy("hidden_size", "embedding_length");
    copy("intermediate_size", "feed_forward_length");
    copy("num_hidden_layers", "block_count");
    const std::uint64_t heads = copy("num_attention_heads", "attention.head_count");
    copy("max_position_embeddings", "context_length");
    const auto shared = number("attention.head_count_kv");
    set_number("num_key_value_heads", shared.value_or(heads));
    set_head_size(width / heads);
    set_vocabulary();
    set(config_, "hidden_act", make_string("silu"));
    set_real("rms_norm_eps", "attention.layer_norm_rms_epsilon", 1e-6f);
    set_real("rope_theta", "rope.freq_base", 10000);
    if (!is_qwen) set(config_, "attention_bias", make_boolean(facts_.has_biases));
    set(config_, "tie_word_embeddings", make_boolean(!facts_.has_head));
    if (!findings_.empty()) throw failure(std::move(findings_));
    return std::move(config_);
  }

 private:
  void report(std::string key, std::string what, std::string expected, std::string found) {
    findings_.push_back({.file = file_,
                         .path = quoted_name(key),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  /// How a value is shown.
  std::string shown(const std::string& key) const {
    if (const auto text = metadata_.text(key)) return quoted_name(*text);
    if (const auto whole = metadata_.whole_number(key)) return std::to_string(*whole);
    if (const auto real = metadata_.real_number(key)) return std::to_string(*real);
    return metadata_.find(key)->kind == gguf_kind::list ? "a list" : "another value";
  }

  void refuse_what_cannot_be_said() {
    const std::string scaling = prefix_ + "rope.scaling.type";
    if (metadata_.find(scaling) != nullptr && metadata_.text(scaling) != "none") {
      report(scaling, "this scaling of positions is not converted", "none", shown(scaling));
    }
    for (const auto& [name, what] :
         {std::pair("expert_count", "mixtures of experts are not converted"),
          std::pair("attention.sliding_window", "attention to a window is not converted")}) {
      const std::string key = prefix_ + name;
      if (metadata_.find(key) == nullptr || metadata_.whole_number(key) == 0u) continue;
      report(key, what, "0", shown(key));
    }
  }

  std::optional<std::uint64_t> number(std::string_view name) {
    const std::string key = prefix_ + std::string(name);
    if (metadata_.find(key) == nullptr) return std::nullopt;
    const auto found = gguf_number(metadata_, name);
    if (found && *found != 0) return found;
    report(key, "is wrong", "a whole number from 1 to " + std::to_string(most_gguf_number),
           shown(key));
    return std::nullopt;
  }

  void set_number(const char* key, std::uint64_t value) {
    set(config_, key, make_integer(static_cast<std::int64_t>(value)));
  }

  /// Returns the number, 1 where it is missing or wrong.
  std::uint64_t copy(const char* key, const char* from) {
    const auto value = number(from);
    if (metadata_.find(prefix_ + from) == nullptr) {
      report(prefix_ + from, "is missing", "a whole number", "none");
    }
    if (value) set_number(key, *value);
    return value.value_or(1);
  }

  void set_head_size(std::uint64_t usual) {
    const std::uint64_t size = number("attention.key_length").value_or(usual);
    for (const char* name : {"attention.value_length", "rope.dimension_count"}) {
      const bool is_stated = metadata_.find(prefix_ + name) != nullptr;
      if (!is_stated && name == std::string_view("rope.dimension_count")) continue;
      const auto other = is_stated ? number(name) : usual;
      if (!other || *other == size) continue;
      report(prefix_ + name, "heads whose parts differ are not converted",
             std::to_string(size) + ", the size of a head's keys", std::to_string(*other));
    }
    set_number("head_dim", size);
  }

  void set_vocabulary() {
    const gguf_value* tokens = metadata_.find("tokenizer.ggml.tokens");
    std::optional<std::uint64_t> rows = number("vocab_size");
    if (!rows) rows = facts_.embedding_rows;
    if (!rows && tokens != nullptr) rows = tokens->items;
    if (!rows) report(prefix_ + "vocab_size", "is missing", "a whole number", "none");
    if (rows && tokens != nullptr && tokens->items > *rows) {
      report("tokenizer.ggml.tokens", "there are more tokens than the model has rows",
             "at most " + std::to_string(*rows), std::to_string(tokens->items));
    }
    set_number("vocab_size", rows.value_or(0));
    for (const auto& [token, from] : gguf_special_tokens) {
      if (metadata_.find(from) == nullptr) continue;
      const auto id = metadata_.whole_number(from);
      if (!id) report(from, "is wrong", "a token's number", shown(from));
      // One beyond the vocabulary says that there is none.
      else if (rows && *id < *rows) set_number((std::string(token) + "_id").c_str(), *id);
    }
  }

  void set_real(const char* key, const char* name, float otherwise) {
    const std::string from = prefix_ + name;
    const auto whole = metadata_.whole_number(from);
    const auto real = whole ? static_cast<double>(*whole) : metadata_.real_number(from);
    const float value = real ? static_cast<float>(*real) : otherwise;
    if (metadata_.find(from) != nullptr && (!real || !std::isfinite(value) || value <= 0)) {
      return report(from, "is wrong", "a number above 0", shown(from));
    }
    set(config_, key, make_real(value));
  }

  const gguf_metadata& metadata_;
  gguf_tensor_facts facts_;
  std::string file_;
  std::string prefix_;
  node config_ = make_mapping();
  diagnostics findings_;
};

}  // namespace detail

/// The config.json that transformers wants for a GGUF file of Llama's kind. `file` is for messages.
/// Throws failure where the file says too little, or what has no counterpart.
inline node config_of_gguf(const gguf_metadata& metadata, const gguf_tensor_facts& facts,
                           const std::string& file) {
  return detail::gguf_config_converter(metadata, facts, file).run();
}

}  // namespace tensormerge
