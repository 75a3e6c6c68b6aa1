#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The architecture that llama.cpp knows a `model_type` of config.json under, of those that are
/// converted; none for others.
inline std::optional<std::string_view> gguf_architecture(std::string_view model_type) {
  if (model_type == "llama" || model_type == "mistral") return "llama";
  if (model_type == "qwen2") return "qwen2";
  return std::nullopt;
}

namespace detail {

/// Makes metadata of a config.json and collects what is missing or not supported.
class config_converter {
 public:
  config_converter(const node& config, std::string file)
      : config_(config), file_(std::move(file)) {}

  gguf_metadata run(std::string_view name) {
    const std::string type = text("model_type");
    const std::optional<std::string_view> architecture = gguf_architecture(type);
    if (!architecture) {
      report("model_type", "models of this kind are not converted to GGUF",
             "llama, mistral or qwen2", quoted_name(type));
      throw failure(std::move(findings_));
    }
    prefix_ = std::string(*architecture) + '.';
    metadata_.set_text("general.architecture", std::string(*architecture));
    metadata_.set_text("general.name", std::string(name));
    copy("num_hidden_layers", "block_count");
    copy("max_position_embeddings", "context_length");
    copy("hidden_size", "embedding_length");
    copy("intermediate_size", "feed_forward_length");
    copy("num_attention_heads", "attention.head_count");
    copy_or("num_key_value_heads", "num_attention_heads", "attention.head_count_kv");
    copy("vocab_size", "vocab_size");
    set_head_size();
    const node* epsilon = config_.find("rms_norm_eps");
    metadata_.set_real(prefix_ + "attention.layer_norm_rms_epsilon",
                       static_cast<float>(epsilon != nullptr ? epsilon->number : 1e-6));
    set_rotation();
    if (!findings_.empty()) throw failure(std::move(findings_));
    return std::move(metadata_);
  }

 private:
  void report(std::string_view key, std::string what, std::string expected, std::string found) {
    findings_.push_back({.file = file_,
                         .path = std::string(key),
                         .what = std::move(what),
                         .expected = std::move(expected),
                         .found = std::move(found)});
  }

  std::string text(std::string_view key) const {
    const node* value = config_.find(key);
    return value != nullptr && value->is_string() ? value->text : std::string{};
  }

  std::optional<std::uint32_t> number(std::string_view key) const {
    const node* value = config_.find(key);
    if (value == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> found = unsigned_integer(*value);
    if (!found || *found > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
  }

  void copy(std::string_view key, std::string_view to) { copy_or(key, key, to); }

  void copy_or(std::string_view key, std::string_view otherwise, std::string_view to) {
    std::optional<std::uint32_t> found = number(key);
    if (!found) found = number(otherwise);
    if (!found) return report(key, "is missing or wrong", "a whole number", "none");
    metadata_.set_number(prefix_ + std::string(to), *found);
  }

  void set_head_size() {
    const std::optional<std::uint32_t> heads = number("num_attention_heads"),
                                       width = number("hidden_size"), stated = number("head_dim");
    if (!heads || !width || *heads == 0) return;
    const std::uint32_t size = stated.value_or(*width / *heads);
    metadata_.set_number(prefix_ + "rope.dimension_count", size);
    if (size == *width / *heads) return;
    metadata_.set_number(prefix_ + "attention.key_length", size);
    metadata_.set_number(prefix_ + "attention.value_length", size);
  }

  void set_rotation() {
    const node* parameters = config_.find("rope_parameters");
    const node* scaling = config_.find("rope_scaling");
    for (const node* each : {parameters, scaling}) {
      if (each == nullptr || !each->is_mapping()) continue;
      const node* type = each->find("rope_type");
      if (type == nullptr) type = each->find("type");
      if (type == nullptr || type->text == "default") continue;
      report("rope_scaling", "this scaling of positions is not converted to GGUF", "default",
             quoted_name(type->text));
    }
    const node* base = config_.find("rope_theta");
    if (base == nullptr && parameters != nullptr) base = parameters->find("rope_theta");
    metadata_.set_real(prefix_ + "rope.freq_base",
                       static_cast<float>(base != nullptr ? base->number : 10000));
  }

  const node& config_;
  std::string file_;
  std::string prefix_;
  gguf_metadata metadata_;
  diagnostics findings_;
};

}  // namespace detail

/// The keys of a GGUF file that say what config.json says, for models of Llama's kind. `file` is
/// for messages. Throws failure with all that is missing or cannot be said.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, "LLM".
inline gguf_metadata gguf_of_config(const node& config, std::string_view name,
                                    const std::string& file) {
  return detail::config_converter(config, file).run(name);
}

}  // namespace tensormerge
