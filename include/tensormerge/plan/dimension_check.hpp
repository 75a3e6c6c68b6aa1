#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/layer_names.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// Compares the tensors of a model of Llama's kind, by their names in Hugging Face's layout, with
/// what its config.json says of layers, widths and vocabulary.
class dimension_check {
 public:
  /// The config must state all of them; heads share keys and have a size only where it says so.
  explicit dimension_check(const node& config) : layers_(stated(config, "num_hidden_layers", 0)) {
    const std::uint64_t width = stated(config, "hidden_size", 0),
                        stated_heads = stated(config, "num_attention_heads", 1),
                        heads = std::max<std::uint64_t>(stated_heads, 1),
                        key_heads = stated(config, "num_key_value_heads", heads),
                        size = stated(config, "head_dim", width / heads);
    extents_ = {width, heads * size, key_heads * size, stated(config, "intermediate_size", 0),
                stated(config, "vocab_size", 0)};
  }

  /// What is wrong with a tensor; empty where nothing is, or no key says of what shape it is.
  diagnostic objection(std::string_view name, const shape& dims) {
    const auto layer = split_layer_name(name);
    const std::string_view module = layer ? layer->suffix : name;
    if (layer && layer->index >= layers_) {
      return wrong(name, "the model has more layers than `num_hidden_layers` says",
                   std::to_string(layers_), "layer " + std::to_string(layer->index));
    }
    if (layer) highest_ = std::max(highest_, layer->index + 1);
    for (const rule& each : rules) {
      const bool is_bias = module == std::string(each.module) + ".bias";
      if (!is_bias && module != std::string(each.module) + ".weight") continue;
      shape expected{extents_[each.rows]};
      std::string keys(extent_keys[each.rows]);
      if (each.columns != none && !is_bias) {
        expected.extents.push_back(extents_[each.columns]);
        keys += " and " + std::string(extent_keys[each.columns]);
      }
      if (dims == expected) break;
      return wrong(name, "the tensor has another shape than " + keys + " say", to_string(expected),
                   to_string(dims));
    }
    return {};
  }

  /// What is wrong with all of them together.
  diagnostic objection() const {
    if (highest_ == layers_) return {};
    return wrong("num_hidden_layers", "the model has fewer layers", std::to_string(layers_),
                 std::to_string(highest_));
  }

 private:
  enum extent : std::size_t { hidden, query, shared, inner, vocabulary, none };
  struct rule {
    std::string_view module;
    extent rows, columns;
  };

  static constexpr std::array<std::string_view, 5> extent_keys{
      "`hidden_size`", "`num_attention_heads` times `head_dim`",
      "`num_key_value_heads` times `head_dim`", "`intermediate_size`", "`vocab_size`"};
  static constexpr std::array<rule, 12> rules{{{"model.embed_tokens", vocabulary, hidden},
                                               {"lm_head", vocabulary, hidden},
                                               {"model.norm", hidden, none},
                                               {".input_layernorm", hidden, none},
                                               {".post_attention_layernorm", hidden, none},
                                               {".self_attn.q_proj", query, hidden},
                                               {".self_attn.k_proj", shared, hidden},
                                               {".self_attn.v_proj", shared, hidden},
                                               {".self_attn.o_proj", hidden, query},
                                               {".mlp.gate_proj", inner, hidden},
                                               {".mlp.up_proj", inner, hidden},
                                               {".mlp.down_proj", hidden, inner}}};

  static std::uint64_t stated(const node& config, std::string_view key, std::uint64_t otherwise) {
    const node* value = config.find(key);
    return value == nullptr ? otherwise : unsigned_integer(*value).value_or(otherwise);
  }

  static diagnostic wrong(std::string_view path, std::string what, std::string expected,
                          std::string found) {
    return {.path = quoted_name(path),
            .what = std::move(what),
            .expected = std::move(expected),
            .found = std::move(found)};
  }

  std::uint64_t layers_;
  std::uint64_t highest_ = 0;
  std::array<std::uint64_t, 5> extents_{};
};

}  // namespace tensormerge
