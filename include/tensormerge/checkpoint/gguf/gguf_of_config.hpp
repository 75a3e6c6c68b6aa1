#pragma once

#include <cmath>
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
    const std::uint32_t width = copy("hidden_size", "embedding_length");
    copy("intermediate_size", "feed_forward_length");
    const std::uint32_t heads = copy("num_attention_heads", "attention.head_count");
    set_number("attention.head_count_kv", number("num_key_value_heads").value_or(heads));
    copy("vocab_size", "vocab_size");
    set_head_size(width / heads);
    set_real(config_, "rms_norm_eps", "attention.layer_norm_rms_epsilon", 1e-6f);
    set_rotation();
    refuse_what_cannot_be_said(type);
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

  /// The value of a key; nullptr where it is absent or null, which both mean the default.
  static const node* stated(const node& where, std::string_view key) {
    const node* value = where.find(key);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  static std::string shown(const node& value) {
    return value.is_scalar() ? quoted_name(value.text) + ", " + std::string(to_string(value.type))
                             : std::string(to_string(value.type));
  }

  std::string text(std::string_view key) const {
    const node* value = stated(config_, key);
    return value != nullptr && value->is_string() ? value->text : std::string{};
  }

  std::optional<std::uint32_t> number(std::string_view key) {
    constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
    const node* value = stated(config_, key);
    if (value == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> found = unsigned_integer(*value);
    if (found && *found != 0 && *found <= most) return static_cast<std::uint32_t>(*found);
    report(key, "is wrong", "a whole number from 1 to " + std::to_string(most), shown(*value));
    return std::nullopt;
  }

  void set_number(std::string_view to, std::uint32_t value) {
    metadata_.set_number(prefix_ + std::string(to), value);
  }

  /// Returns the number, 1 where it is missing or wrong.
  std::uint32_t copy(std::string_view key, std::string_view to) {
    if (stated(config_, key) == nullptr) report(key, "is missing", "a whole number", "none");
    const std::uint32_t found = number(key).value_or(1);
    set_number(to, found);
    return found;
  }

  void set_head_size(std::uint32_t usual) {
    const std::uint32_t size = number("head_dim").value_or(usual);
    set_number("rope.dimension_count", size);
    if (size == usual) return;
    set_number("attention.key_length", size);
    set_number("attention.value_length", size);
  }

  void set_real(const node& where, std::string_view key, std::string_view to, float otherwise) {
    const node* value = stated(where, key);
    const float found = value == nullptr ? otherwise : static_cast<float>(value->number);
    if (value != nullptr && (!value->is_number() || !std::isfinite(found) || found <= 0)) {
      return report(key, "is wrong", "a number above 0", shown(*value));
    }
    metadata_.set_real(prefix_ + std::string(to), found);
  }

  void set_rotation() {
    const node* parameters = stated(config_, "rope_parameters");
    for (const char* key : {"rope_parameters", "rope_scaling"}) {
      const node* scaling = stated(config_, key);
      if (scaling == nullptr) continue;
      const node* type = stated(*scaling, "rope_type");
      if (type == nullptr) type = stated(*scaling, "type");
      if (scaling->is_mapping() && (type == nullptr || type->text == "default")) continue;
      report(key, "this scaling of positions is not converted to GGUF", "default",
             shown(type == nullptr ? *scaling : *type));
    }
    const bool is_inside =
        stated(config_, "rope_theta") == nullptr && parameters != nullptr;
    set_real(is_inside ? *parameters : config_, "rope_theta", "rope.freq_base", 10000);
  }

  void refuse_what_cannot_be_said(std::string_view type) {
    const node* activation = stated(config_, "hidden_act");
    if (activation != nullptr && activation->text != "silu") {
      report("hidden_act", "this activation is not converted to GGUF", "silu", shown(*activation));
    }
    const node* uses_window = stated(config_, "use_sliding_window");
    if (uses_window != nullptr && uses_window->text != "false") {
      report("use_sliding_window", "attention to a window is not converted to GGUF", "false",
             shown(*uses_window));
    }
    const node* window = stated(config_, "sliding_window");
    if (type == "mistral" && window != nullptr) {
      report("sliding_window", "attention to a window is not converted to GGUF", "null",
             shown(*window));
    }
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
