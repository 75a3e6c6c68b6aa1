#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

namespace detail {

inline void set_layer_count_and_dtype(node& config, std::optional<std::uint64_t> layers,
                                      std::optional<dtype> type) {
  for (node_entry& entry : config.entries) {
    const bool counts = std::find(layer_count_keys.begin(), layer_count_keys.end(), entry.key) !=
                        layer_count_keys.end();
    // Some files say null here and let the architecture's default apply.
    if (counts && layers && entry.value.is_scalar()) {
      entry.value = make_integer(static_cast<std::int64_t>(*layers));
    }
    if (type && (entry.key == "dtype" || entry.key == "torch_dtype")) {
      entry.value = make_string(std::string(to_string(*type)));
    }
  }
}

}  // namespace detail

/// The donor's config.json with the layer count (under every key that states one) and the dtype
/// set, at its top and for its language model; what is not given stays. Where no dtype is stated it
/// is added as `torch_dtype`, which old and new loaders read. Order and the writing of numbers
/// stay.
inline node output_config(node donor, std::optional<std::uint64_t> layers,
                          std::optional<dtype> type) {
  if (!donor.is_mapping()) return donor;
  const bool has_dtype = donor.find("dtype") != nullptr || donor.find("torch_dtype") != nullptr;
  if (type && !has_dtype) set(donor, "torch_dtype", make_string(""));
  detail::set_layer_count_and_dtype(donor, layers, type);
  for (node_entry& entry : donor.entries) {
    if (std::find(text_config_keys.begin(), text_config_keys.end(), entry.key) !=
        text_config_keys.end()) {
      detail::set_layer_count_and_dtype(entry.value, layers, type);
    }
  }
  return donor;
}

}  // namespace tensormerge
