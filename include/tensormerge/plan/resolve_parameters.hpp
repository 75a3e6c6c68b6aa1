#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/config/settings.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

/// The `parameters` sections that apply to something, from the most to the least specific.
using parameter_scopes = std::vector<const settings*>;

/// The values of parameters for one tensor.
struct resolved_parameters {
  std::vector<parameter_value> values;    // in the order of the method's list
  std::vector<std::string_view> missing;  // required, and given for this tensor in no scope
  diagnostics wrong;                      // values of the wrong kind, at their places
  std::vector<text_position> origins;     // of the values, in the configuration; 0 for defaults
};

/// The place of a layer on its slice's gradients: 0 for the first of several layers, 1 for the last
/// and for an only one.
inline double gradient_place(std::uint64_t layer, std::uint64_t layers) {
  return layers > 1 ? static_cast<double>(layer) / static_cast<double>(layers - 1) : 1.0;
}

/// Looks each parameter up in the scopes: the first that gives it a value for this tensor counts,
/// and after the last one the default. `tensor` is the name that filters are compared with, `t` the
/// place on gradients.
inline resolved_parameters resolve_parameters(std::span<const parameter_info> wanted,
                                              std::span<const settings* const> scopes,
                                              std::string_view tensor, double t) {
  resolved_parameters result;
  result.values.reserve(wanted.size());
  for (const parameter_info& parameter : wanted) {
    std::optional<double> value;
    text_position origin;
    for (const settings* scope : scopes) {
      const setting* given = scope->find(parameter.name);
      if (given == nullptr) continue;
      try {
        if (const auto found = given->evaluate(tensor, t, parameter.kind)) {
          value = found->number;
          origin = found->at;
        }
      } catch (const failure& problem) {
        result.wrong.insert(result.wrong.end(), problem.findings().begin(),
                            problem.findings().end());
        value = 0;  // the merge is refused; nothing less specific is meant
      }
      if (value) break;
    }
    if (!value && parameter.required) result.missing.push_back(parameter.name);
    if (!value) value = parameter.default_value;
    result.values.push_back({std::string(parameter.name), value});
    result.origins.push_back(origin);
  }
  return result;
}

}  // namespace tensormerge
