#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/tensor_request.hpp>

namespace tensormerge {

namespace detail {

inline std::optional<double> value_of(const std::vector<parameter_value>& parameters,
                                      std::string_view name) {
  for (const parameter_value& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

/// A method that divides by the sum of the weights cannot do so where that is zero. Methods that
/// need a base do it only where the sum is not.
inline void check_weights(const tensor_request& request, const planned_tensor& tensor,
                          const std::string& config_file, finding_groups& findings) {
  if (request.method->facts.base == base_use::required) return;
  const char* switched_by = "normalize";
  if (!value_of(tensor.parameters, switched_by)) switched_by = "normalize_weights";
  if (value_of(tensor.parameters, switched_by).value_or(0) == 0) return;
  double sum = 0, magnitudes = 0;
  for (const planned_source& input : tensor.inputs) {
    const std::optional<double> weight = value_of(input.parameters, "weight");
    if (!weight) return;  // not weighted, or missing, which is reported
    sum += *weight;
    magnitudes += std::abs(*weight);
  }
  constexpr double rounding = 1e-12;
  if (std::abs(sum) > rounding * magnitudes) return;
  findings.add_once("weights sum to zero",
                    {.file = config_file,
                     .at = request.sources[0].at,
                     .path = "parameters.weight",
                     .what = "the weights sum to zero and cannot be normalized",
                     .found = "such a sum for " + quoted_name(tensor.name),
                     .hint = "change the weights or set `" + std::string(switched_by) +
                             ": false`"});
}

/// A method that draws with probabilities of density - epsilon to density + epsilon needs these
/// between 0 and 1.
inline void check_epsilon(const tensor_request& request, const planned_tensor& tensor,
                          const std::string& config_file, finding_groups& findings) {
  std::size_t source = 0;
  for (const planned_source& input : tensor.inputs) {
    if (source == request.base) ++source;
    const source_request& asked = request.sources[source++];
    const std::optional<double> density = value_of(input.parameters, "density");
    const std::optional<double> epsilon = value_of(input.parameters, "epsilon");
    if (!density || !epsilon || *density >= 1) continue;
    if (*density - *epsilon > 0 && *density + *epsilon < 1) continue;
    findings.add_once("epsilon of " + asked.path,
                      {.file = config_file,
                       .at = asked.at,
                       .path = asked.path,
                       .what = "`epsilon` is too large for `density`",
                       .expected = "density - epsilon above 0 and density + epsilon below 1",
                       .found = "density " + std::to_string(*density) + " and epsilon " +
                                std::to_string(*epsilon) + " for " + quoted_name(tensor.name)});
  }
}

}  // namespace detail

/// Reports values that the method cannot merge with, though each may be right by itself.
inline void check_parameters(const tensor_request& request, const planned_tensor& tensor,
                             const std::string& config_file, finding_groups& findings) {
  detail::check_weights(request, tensor, config_file, findings);
  detail::check_epsilon(request, tensor, config_file, findings);
}

}  // namespace tensormerge
