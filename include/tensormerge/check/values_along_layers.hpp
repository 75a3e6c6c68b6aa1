#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <tensormerge/config/read_values.hpp>
#include <tensormerge/config/schema/decimal.hpp>
#include <tensormerge/config/setting.hpp>
#include <tensormerge/config/value_path.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

/// A value of a document and the `layer_range` of what it is said of, if there is one.
struct ranged_value {
  const node* value = nullptr;
  const node* range = nullptr;
};

/// The value of `key` in a line.
inline ranged_value find_in_line(const node& value, std::string_view key, std::uint32_t line,
                                 const node* range) {
  if (const node* own = value.find("layer_range"); own != nullptr) range = own;
  if (const node* sources = value.find("sources"); sources != nullptr && !sources->items.empty()) {
    range = sources->items.front().find("layer_range");
  }
  for (const node_entry& entry : value.entries) {
    if (entry.key_at.line == line && entry.key == key) return {&entry.value, range};
    const ranged_value found = find_in_line(entry.value, key, line, range);
    if (found.value != nullptr) return found;
  }
  for (const node& item : value.items) {
    const ranged_value found = find_in_line(item, key, line, range);
    if (found.value != nullptr) return found;
  }
  return {};
}

/// The values of one branch at up to nine places: layers where their range is known, else parts of
/// the way from the first layer to the last.
inline std::string values_of(const setting& value, const std::string& tensor, const node* range) {
  constexpr double most_places = 9, quarters = 4;
  const bool known = range != nullptr && range->items.size() == 2 &&
                     range->items[0].is_number() && range->items[1].is_number();
  const double begin = known ? range->items[0].number : 0;
  const double layers = known ? range->items[1].number - begin : quarters + 1;
  if (!(layers >= 1)) return {};
  std::string text;
  const double places = std::min(layers, most_places);
  for (double i = 0; i < places; ++i) {
    const double layer = places == 1 ? 0 : std::floor(i * (layers - 1) / (places - 1));
    const double t = layers == 1 ? 0 : layer / (layers - 1);
    const auto found = value.evaluate(tensor, t, parameter_kind::number);
    if (!found) return {};
    constexpr double digits = 1e6;
    text += (text.empty() ? "" : ", ") + schema::number_text(known ? begin + layer : t) + ": `" +
            schema::number_text(std::round(found->number * digits) / digits) + '`';
  }
  return text;
}

}  // namespace detail

/// What a parameter's value in line `line` of a text comes to along the layers, in Markdown: a line
/// for each filter. Empty where it is the same everywhere, and where the text is no YAML yet.
inline std::string values_along_layers(std::string_view text, std::string_view key,
                                       std::uint32_t line) {
  try {
    diagnostics duplicates;
    for (const node& document : load_yaml_documents(text, {}, duplicates)) {
      const detail::ranged_value found = detail::find_in_line(document, key, line, nullptr);
      if (found.value == nullptr) continue;
      setting value;
      read_value(*found.value, value, value_path());
      const bool same = value.branches().size() == 1 && value.branches()[0].values.size() <= 1;
      if (same && !value.is_conditional()) return {};
      const bool by_layer = found.range != nullptr;
      std::string shown = by_layer ? "By layer:" : "From the first layer to the last:";
      for (const setting_branch& branch : value.branches()) {
        const std::string tensor = branch.filter.value_or("");
        const std::string values = detail::values_of(value, tensor, found.range);
        if (values.empty()) continue;
        shown += "\n- " + (branch.filter ? '`' + *branch.filter + "`: " : std::string()) + values;
      }
      return shown;
    }
  } catch (const failure&) {
    // The diagnostics say what is wrong.
  }
  return {};
}

}  // namespace tensormerge
