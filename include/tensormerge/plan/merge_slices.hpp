#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tensormerge/config/layer_range.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/config/settings.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/plan/resolve_parameters.hpp>

namespace tensormerge {

/// A model of a slice, and the parameters that apply to it alone.
struct slice_input {
  const model_reference* reference = nullptr;
  std::optional<layer_range> range{};  // none: all layers
  parameter_scopes scopes{};
  text_position at{};
  std::string path{};
  bool is_appended = false;  // a base that `models` does not list
};

/// A run of output layers: what `models`, each of `slices` and each part of a module come down to.
/// Refers to the configuration it was made of.
struct merge_slice {
  std::vector<slice_input> inputs{};
  const model_reference* base = nullptr;
  parameter_scopes scopes{};
  text_position at{};
  std::string path{};
};

namespace detail {

/// Builds the slices of one list of `models` or `slices`, at the top level or in a module.
class slice_builder {
 public:
  slice_builder(const merge_config& config, const settings* module_parameters, std::string path)
      : config_(config), path_(std::move(path)) {
    if (module_parameters != nullptr) outer_.push_back(module_parameters);
  }

  std::vector<merge_slice> build(const std::vector<model_entry>& models,
                                 const std::vector<output_slice>& slices) const {
    if (slices.empty()) return {slice_of(models)};
    std::vector<merge_slice> result;
    for (const output_slice& slice : slices) {
      result.push_back(slice_of(slice, path_ + "slices[" + std::to_string(result.size()) + "]"));
    }
    return result;
  }

 private:
  /// The scopes of a model or, without one, of what all models share: from the innermost outwards,
  /// with the parameters that old files give by model just inside the top level.
  parameter_scopes scopes(const settings* innermost, const settings* slice,
                          const model_reference* model) const {
    parameter_scopes list;
    if (innermost != nullptr) list.push_back(innermost);
    if (slice != nullptr) list.push_back(slice);
    list.insert(list.end(), outer_.begin(), outer_.end());
    for (const auto& [name, parameters] : config_.input_model_parameters) {
      if (model != nullptr && parse_model_reference(name) == *model) list.push_back(&parameters);
    }
    list.push_back(&config_.parameters);
    return list;
  }

  const model_reference* top_base() const {
    return config_.base_model ? &*config_.base_model : nullptr;
  }

  merge_slice slice_of(const std::vector<model_entry>& models) const {
    merge_slice result{.base = top_base(), .scopes = scopes(nullptr, nullptr, nullptr)};
    result.path = path_ + "models";
    bool has_base = result.base == nullptr;
    for (const model_entry& entry : models) {
      const std::string path = result.path + '[' + std::to_string(result.inputs.size()) + ']';
      result.inputs.push_back({.reference = &entry.model,
                               .range = std::nullopt,
                               .scopes = scopes(&entry.parameters, nullptr, &entry.model),
                               .at = entry.model.at,
                               .path = path});
      has_base = has_base || entry.model == *result.base;
    }
    if (!result.inputs.empty()) result.at = models.front().at;
    if (!has_base) {
      result.inputs.push_back({.reference = result.base,
                               .range = std::nullopt,
                               .scopes = scopes(nullptr, nullptr, result.base),
                               .at = result.base->at,
                               .path = "base_model",
                               .is_appended = true});
    }
    return result;
  }

  merge_slice slice_of(const output_slice& slice, const std::string& path) const {
    merge_slice result{.base = slice.base_model ? &*slice.base_model : top_base(),
                       .scopes = scopes(nullptr, &slice.parameters, nullptr),
                       .at = slice.at,
                       .path = path};
    for (const slice_source& source : slice.sources) {
      result.inputs.push_back(
          {.reference = &source.model,
           .range = source.layer_range,
           .scopes = scopes(&source.parameters, &slice.parameters, &source.model),
           .at = source.model.at,
           .path = path + ".sources[" + std::to_string(result.inputs.size()) + ']'});
    }
    return result;
  }

  const merge_config& config_;
  std::string path_;
  parameter_scopes outer_;
};

}  // namespace detail

/// The slices of a configuration without modules, in the order of the output's layers.
inline std::vector<merge_slice> make_slices(const merge_config& config) {
  return detail::slice_builder(config, nullptr, {}).build(config.models, config.slices);
}

/// The slices of each module of a configuration, in its order; without modules, of one that has no
/// name.
inline std::vector<std::pair<std::string, std::vector<merge_slice>>> make_module_slices(
    const merge_config& config) {
  if (!config.models.empty() || !config.slices.empty()) return {{"", make_slices(config)}};
  std::vector<std::pair<std::string, std::vector<merge_slice>>> modules;
  for (const auto& [name, module] : config.modules) {
    modules.emplace_back(name,
                         detail::slice_builder(config, &module.parameters, "modules." + name + '.')
                             .build(module.models, module.slices));
  }
  return modules;
}

}  // namespace tensormerge
