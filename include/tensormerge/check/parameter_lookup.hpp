#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/merge_view.hpp>
#include <tensormerge/config/scalar_value.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// The `parameters` sections that count for a model of a slice, or without one for what models
/// share, from the nearest to the farthest.
inline std::vector<const node*> parameter_sections(const merge_view& merge, const slice_view& slice,
                                                   const input_view* input) {
  std::vector<const node*> sections;
  if (input != nullptr && input->parameters != nullptr) sections.push_back(input->parameters);
  const node* old = nullptr;
  if (input != nullptr && merge.by_model.contains(input->name)) {
    old = merge.by_model.at(input->name);
  }
  for (const auto& [section, path] : slice.scopes) {
    const bool is_top = path == "parameters";
    if (is_top && old != nullptr) sections.push_back(old);
    sections.push_back(section);
    if (is_top) old = nullptr;
  }
  if (old != nullptr) sections.push_back(old);
  return sections;
}

/// Whether a value says something: null and an empty list count as absent.
inline bool is_given(const node* value) {
  if (value == nullptr || value->is_null()) return false;
  return !value->is_sequence() || !value->items.empty();
}

/// The nearest value of a parameter, or nullptr.
inline const node* find_parameter(const std::vector<const node*>& sections, std::string_view name) {
  for (const node* section : sections) {
    const node* value = section->find(name);
    if (is_given(value)) return value;
  }
  return nullptr;
}

/// The number that a value is for all tensors; none for gradients, filtered and wrong values.
inline std::optional<double> constant_of(const node* value) {
  if (value == nullptr || !value->is_scalar() || value->is_null()) return std::nullopt;
  if (!value->is_string()) return value->number;
  if (const auto number = detail::number_in_text(value->text)) return number;
  return detail::boolean_in_text(value->text);
}

/// The same, or the parameter's default where it is given nowhere.
inline std::optional<double> constant_or_default(const std::vector<const node*>& sections,
                                                 std::string_view name,
                                                 const std::vector<parameter_info>& known) {
  if (const node* value = find_parameter(sections, name); value != nullptr) {
    return constant_of(value);
  }
  for (const parameter_info& each : known) {
    if (each.name == name) return each.default_value;
  }
  return std::nullopt;
}

}  // namespace tensormerge
