#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/print_plan.hpp>

namespace tensormerge {

namespace detail {

/// `  weight=0.5 (merge.yml:6:15) density=1 (default)`
inline std::string explained_parameters(const std::vector<parameter_value>& parameters,
                                        const std::vector<text_position>& origins,
                                        const std::string& file) {
  std::string text;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    text += parameters_text({parameters[i]});
    const text_position at = i < origins.size() ? origins[i] : text_position{};
    const std::string place = std::to_string(at.line) + ':' + std::to_string(at.column);
    text += at.line == 0 ? " (default)" : " (" + file + ':' + place + ')';
  }
  return text;
}

}  // namespace detail

/// The effective parameters of each output tensor whose name contains `part`, each with the place
/// in the configuration that it comes from; of gradients the value before the layer.
inline std::string explain_plan(const merge_plan& plan, std::string_view part,
                                const std::string& config_file) {
  std::string text;
  for (const planned_tensor& tensor : plan.tensors) {
    if (tensor.name.find(part) == std::string::npos) continue;
    text += quoted_name(tensor.name) + ": " + (tensor.is_copy ? "copied" : tensor.method) +
            detail::explained_parameters(tensor.parameters, tensor.origins, config_file) + '\n';
    if (tensor.base) text += "  base " + detail::source_line(plan, tensor, *tensor.base) + '\n';
    for (const planned_source& input : tensor.inputs) {
      planned_source bare = input;
      bare.parameters = {};
      text += "  " + detail::source_line(plan, tensor, bare) +
              detail::explained_parameters(input.parameters, input.origins, config_file) + '\n';
    }
  }
  return text;
}

}  // namespace tensormerge
