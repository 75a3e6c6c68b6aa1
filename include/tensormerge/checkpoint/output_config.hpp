#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/stack_config.hpp>
#include <tensormerge/checkpoint/vocabulary_size.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// What an output's config.json must say; what is not given stays as the donor says it.
struct config_changes {
  /// The stacks of layers that are not the donor's, by the prefix of their tensors' names.
  std::vector<std::pair<std::string, std::vector<layer_origin>>> stacks{};
  std::optional<dtype> type{};
  std::optional<std::uint64_t> vocabulary_size{};
  std::optional<bool> tied_embeddings{};
  /// Whether no weight is quantised any more.
  bool drops_quantisation = false;
  /// How MLX is to read the weights that have scales, in place of what the donor says.
  std::optional<mlx_settings> quantisation{};
};

namespace detail {

inline void change_config(node& config, const config_changes& changes) {
  if (changes.drops_quantisation || changes.quantisation) {
    std::erase_if(config.entries, [](const node_entry& entry) {
      return entry.key == "quantization" || entry.key == "quantization_config";
    });
  }
  for (node_entry& entry : config.entries) {
    if (changes.type && (entry.key == "dtype" || entry.key == "torch_dtype")) {
      entry.value = make_string(std::string(to_string(*changes.type)));
    }
    if (changes.vocabulary_size && entry.key == "vocab_size") {
      entry.value = make_integer(static_cast<std::int64_t>(*changes.vocabulary_size));
    }
    if (changes.tied_embeddings && entry.key == "tie_word_embeddings") {
      entry.value = make_boolean(*changes.tied_embeddings);
    }
  }
}

/// What mlx_lm reads of quantised weights; programs that look for other formats find it under the
/// second key.
/// Source: https://github.com/ml-explore/mlx-lm, `quantize_model` and `save_config`.
inline void state_quantisation(node& config, const mlx_settings& stated) {
  node settings = make_mapping();
  set(settings, "group_size", make_integer(static_cast<std::int64_t>(stated.group)));
  set(settings, "bits", make_integer(static_cast<std::int64_t>(stated.bits)));
  set(settings, "mode", make_string("affine"));
  set(config, "quantization", settings);
  set(config, "quantization_config", std::move(settings));
}

}  // namespace detail

/// The donor's config.json with the changes made, at its top and for its language model. A dtype,
/// tying or vocabulary that no key states is added at the top, the dtype as `torch_dtype`, which old
/// and new loaders read. Order and the writing of numbers
/// stay.
inline node output_config(node donor, const config_changes& changes) {
  if (!donor.is_mapping()) return donor;
  const bool has_dtype = donor.find("dtype") != nullptr || donor.find("torch_dtype") != nullptr;
  if (changes.type && !has_dtype) set(donor, "torch_dtype", make_string(""));
  if (changes.tied_embeddings && donor.find("tie_word_embeddings") == nullptr) {
    set(donor, "tie_word_embeddings", make_boolean(false));
  }
  if (changes.vocabulary_size && !vocabulary_size(donor)) {
    set(donor, "vocab_size", make_integer(0));
  }
  for (const auto& [prefix, layers] : changes.stacks) set_stack(donor, prefix, layers);
  detail::change_config(donor, changes);
  for (node_entry& entry : donor.entries) {
    if (std::find(text_config_keys.begin(), text_config_keys.end(), entry.key) !=
        text_config_keys.end()) {
      detail::change_config(entry.value, changes);
    }
  }
  if (changes.quantisation) detail::state_quantisation(donor, *changes.quantisation);
  return donor;
}

}  // namespace tensormerge
