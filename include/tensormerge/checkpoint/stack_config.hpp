#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// Which part of a model a run of layers is, as far as its config.json tells parts apart.
enum class stack_kind { main, vision, audio, encoder, decoder };

/// Judged by the segments of the tensors' names before the layer's number.
inline stack_kind kind_of_stack(std::string_view prefix) {
  const auto has = [prefix](std::string_view segment) {
    const std::size_t at = prefix.find(segment);
    if (at == std::string_view::npos) return false;
    const std::size_t end = at + segment.size();
    return (at == 0 || prefix[at - 1] == '.') && (end == prefix.size() || prefix[end] == '.');
  };
  if (has("visual") || has("vision_tower") || has("vision_model") || has("vision_encoder")) {
    return stack_kind::vision;
  }
  if (has("audio_tower") || has("audio_model") || has("audio_encoder")) return stack_kind::audio;
  if (has("encoder")) return stack_kind::encoder;
  return has("decoder") ? stack_kind::decoder : stack_kind::main;
}

/// Where the kind of an output's layer is told: a config.json and the number the layer has there.
struct layer_origin {
  const node* config = nullptr;
  std::uint64_t layer = 0;
};

namespace detail {

using config_keys = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, 1> own_part{""};
inline constexpr std::array<std::string_view, 4> main_parts{"", "text_config", "language_config",
                                                            "llm_config"};
inline constexpr std::array<std::string_view, 2> vision_parts{"vision_config", "visual"};
inline constexpr std::array<std::string_view, 1> audio_parts{"audio_config"};
inline constexpr std::array<std::string_view, 2> encoder_count_keys{"encoder_layers",
                                                                    "num_encoder_layers"};
inline constexpr std::array<std::string_view, 2> decoder_count_keys{"decoder_layers",
                                                                    "num_decoder_layers"};
inline constexpr std::array<std::string_view, 1> depth_keys{"depth"};

inline config_keys parts_of(stack_kind kind) {
  switch (kind) {
    case stack_kind::main: return main_parts;
    case stack_kind::vision: return vision_parts;
    case stack_kind::audio: return audio_parts;
    default: return own_part;
  }
}

/// The part of a config.json that is under `key`, the whole where that is empty; maybe nullptr.
inline const node* config_part(const node& config, std::string_view key) {
  return key.empty() ? &config : config.find(key);
}

/// Whether a key of `part` counts the layers of a stack of that kind.
inline bool counts_layers(const node& part, std::string_view key, stack_kind kind) {
  const auto in = [key](config_keys keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  const auto has_any = [&part](config_keys keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&part](std::string_view each) { return part.find(each) != nullptr; });
  };
  switch (kind) {
    case stack_kind::decoder:
      return has_any(decoder_count_keys) ? in(decoder_count_keys) : in(layer_count_keys);
    case stack_kind::encoder:
    case stack_kind::audio: return in(encoder_count_keys) || in(layer_count_keys);
    case stack_kind::vision: return in(depth_keys) || in(layer_count_keys);
    default: return in(layer_count_keys);
  }
}

inline std::optional<std::uint64_t> layers_stated(const node& part, stack_kind kind) {
  for (const node_entry& entry : part.entries) {
    if (!counts_layers(part, entry.key, kind)) continue;
    if (const auto count = unsigned_integer(entry.value)) return count;
  }
  return std::nullopt;
}

/// Whether a list of this name has one item for each layer if it is as long as there are layers;
/// names like `eos_token_id` are not of that kind.
inline bool may_be_by_layer(std::string_view key) {
  constexpr std::array<std::string_view, 8> words{"layer", "block",      "heads",  "ffn",
                                                  "window", "multiplier", "expert", "intermediate"};
  return std::any_of(words.begin(), words.end(), [key](std::string_view word) {
    return key.find(word) != std::string_view::npos;
  });
}

/// Lists of the numbers of layers that are of a certain kind.
inline bool names_layers(std::string_view key) {
  constexpr std::array<std::string_view, 5> keys{"mlp_only_layers", "moe_layers",
                                                 "cross_attention_layers", "full_attn_idxs",
                                                 "full_attention_idxs"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// The list `key` of a part of a config.json, if it is one.
inline const node* list_in(const node& config, std::string_view part, std::string_view key) {
  const node* place = config_part(config, part);
  const node* list = place == nullptr ? nullptr : place->find(key);
  return list != nullptr && list->is_sequence() ? list : nullptr;
}

/// The numbers of output layers whose origins are in their own list of that name.
inline node list_of_numbers(std::string_view part, const node_entry& donor,
                            std::span<const layer_origin> layers) {
  node result = make_sequence();
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const node* list = list_in(*layers[i].config, part, donor.key);
    const std::vector<node>& numbers = list == nullptr ? donor.value.items : list->items;
    const bool is_listed = std::any_of(numbers.begin(), numbers.end(), [&](const node& number) {
      return unsigned_integer(number) == layers[i].layer;
    });
    if (is_listed) result.items.push_back(make_integer(static_cast<std::int64_t>(i)));
  }
  return result;
}

/// For each output layer the item that its origin has, or else the donor has in its place.
inline node list_by_layer(std::string_view part, const node_entry& donor,
                          std::span<const layer_origin> layers) {
  node result = make_sequence();
  for (const layer_origin& origin : layers) {
    const node* list = list_in(*origin.config, part, donor.key);
    const bool has_it = list != nullptr && origin.layer < list->items.size();
    const std::vector<node>& items = has_it ? list->items : donor.value.items;
    result.items.push_back(items[origin.layer % items.size()]);
  }
  return result;
}

inline void set_stack_in(node& part, std::string_view name, stack_kind kind,
                         std::span<const layer_origin> layers) {
  const std::optional<std::uint64_t> before = layers_stated(part, kind);
  for (node_entry& entry : part.entries) {
    // Some files say null here and let the architecture's default apply.
    if (counts_layers(part, entry.key, kind) && entry.value.is_scalar()) {
      entry.value = make_integer(static_cast<std::int64_t>(layers.size()));
    } else if (entry.value.is_sequence() && names_layers(entry.key)) {
      entry.value = list_of_numbers(name, entry, layers);
    } else if (entry.value.is_sequence() && before && entry.value.items.size() == *before &&
               *before > 0 && may_be_by_layer(entry.key)) {
      entry.value = list_by_layer(name, entry, layers);
    }
  }
}

}  // namespace detail

/// Makes a config.json say that the stack of layers before whose numbers tensors are called
/// `prefix` has these layers: every key that counts them, and every list that has an item for each
/// or names some of them. Other parts stay as they are.
inline void set_stack(node& config, std::string_view prefix, std::span<const layer_origin> layers) {
  const stack_kind kind = kind_of_stack(prefix);
  for (const std::string_view name : detail::parts_of(kind)) {
    if (name.empty()) {
      detail::set_stack_in(config, name, kind, layers);
      continue;
    }
    for (node_entry& entry : config.entries) {
      if (entry.key == name) detail::set_stack_in(entry.value, name, kind, layers);
    }
  }
}

/// Every number of layers that a config.json states for any part of the model, each once.
inline std::vector<std::uint64_t> stated_layer_counts(const node& config) {
  std::vector<std::uint64_t> counts;
  constexpr std::array<stack_kind, 5> kinds{stack_kind::main, stack_kind::vision, stack_kind::audio,
                                            stack_kind::encoder, stack_kind::decoder};
  for (const stack_kind kind : kinds) {
    for (const std::string_view name : detail::parts_of(kind)) {
      const node* part = detail::config_part(config, name);
      const auto count = part == nullptr ? std::nullopt : detail::layers_stated(*part, kind);
      if (count && std::find(counts.begin(), counts.end(), *count) == counts.end()) {
        counts.push_back(*count);
      }
    }
  }
  return counts;
}

}  // namespace tensormerge
