#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <tensormerge/check/finding_list.hpp>
#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/config/layer_range.hpp>
#include <tensormerge/config/scalar_value.hpp>

namespace tensormerge {

namespace detail {

inline std::optional<std::int64_t> layer_of(const node& value) {
  std::optional<double> number = value.is_number() ? std::optional(value.number) : std::nullopt;
  if (value.is_string()) number = number_in_text(value.text);
  const bool fits = number && *number == std::floor(*number) && std::abs(*number) <= 1e6;
  return fits ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

}  // namespace detail

/// The layers that a value names, where they can be read.
inline std::optional<layer_range> view_layer_range(const node* value) {
  if (value == nullptr || value->items.size() != 2) return std::nullopt;
  const auto begin = detail::layer_of(value->items[0]), end = detail::layer_of(value->items[1]);
  if (!begin || !end) return std::nullopt;
  return layer_range{*begin, *end, value->at};
}

/// Reports a range that is empty, reversed or written in an unusual way. Returns it where it is
/// right.
inline std::optional<layer_range> check_layer_range(const node* value, const std::string& path,
                                                    finding_list& findings) {
  if (value != nullptr && !value->items.empty() && value->items.front().is_sequence()) {
    std::erase_if(findings.items(), [&path](const diagnostic& each) {
      return each.path.starts_with(path + '[');
    });
    findings.add("wrong-type", {.at = value->at,
                                .path = path,
                                .what = "a source has one layer range",
                                .expected = "two integers",
                                .found = "a list of lists",
                                .hint = "write a slice for each range"});
  }
  const auto range = view_layer_range(value);
  if (!range) return std::nullopt;
  for (const node& each : value->items) {
    if (each.type == node::kind::integer) continue;
    findings.add("layer-as-text",
                 {.at = each.at,
                  .path = path,
                  .what = "a layer is written as " + std::string(to_string(each.type)),
                  .found = in_backticks(each.text),
                  .hint = "write `" + std::to_string(*detail::layer_of(each)) + '`'});
  }
  if (range->size() > 0) return range;
  const bool reversed = range->size() < 0;
  findings.add("empty-layer-range",
               {.at = range->at,
                .path = path,
                .what = reversed ? "the layer range ends before it begins"
                                 : "the layer range is empty",
                .found = '[' + std::to_string(range->begin) + ", " + std::to_string(range->end) +
                         ']',
                .hint = reversed ? "did you mean [" + std::to_string(range->end) + ", " +
                                       std::to_string(range->begin) + "]?"
                                 : "the end is the layer after the last"});
  return std::nullopt;
}

/// Checks the layers of each slice: sources have as many each.
inline void check_layers(const merge_view& merge, finding_list& findings) {
  for (const slice_view& slice : merge.slices) {
    if (slice.of_models) continue;
    std::optional<std::int64_t> layers;
    for (const input_view& input : slice.inputs) {
      const auto range = check_layer_range(input.range, input.path + ".layer_range", findings);
      if (!range) continue;
      if (!layers) layers = range->size();
      if (range->size() == *layers) continue;
      findings.add("slice-lengths", {.at = range->at,
                                     .path = input.path + ".layer_range",
                                     .what = "the sources have different numbers of layers",
                                     .expected = std::to_string(*layers) +
                                                 " layers as for the first source",
                                     .found = std::to_string(range->size())});
    }
  }
}

}  // namespace tensormerge
