#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/check/schema_guide.hpp>
#include <tensormerge/config/schema/check_value.hpp>
#include <tensormerge/method/parameter_info.hpp>

namespace tensormerge {

namespace detail {

/// Lines of `parameters:`: what is required as it is, the rest as comments with the defaults.
inline std::string template_parameters(const std::vector<parameter_info>& parameters,
                                       const std::string& indent, const schema_guide& guide,
                                       bool described) {
  if (parameters.empty()) return {};
  std::string text = indent + "parameters:\n";
  for (const parameter_info& each : parameters) {
    std::string value = guide.example(each.name);
    if (each.default_value) {
      value = each.kind == parameter_kind::boolean ? (*each.default_value != 0 ? "true" : "false")
                                                   : schema::number_text(*each.default_value);
    }
    text += indent + "  " + (each.required ? "" : "# ") + std::string(each.name) + ": " + value;
    if (described) text += "  # " + guide.parameter(each.name);
    text += '\n';
  }
  return text;
}

}  // namespace detail

/// A configuration of a merge by the method, to be filled in: with the line that names the schema
/// to editors, and with every parameter described.
inline std::string config_template(const method_info& method, const schema_guide& guide) {
  const method_facts& facts = method.facts;
  std::string text = "# yaml-language-server: $schema=" + guide.schema().find("$id")->text + '\n';
  text += "# " + guide.method(facts.name) + '\n';
  text += "merge_method: " + std::string(facts.name) + '\n';
  if (facts.base == base_use::required) {
    text += "base_model: org/base  # " +
            guide.description(guide.schema().find("properties")->find("base_model")) + '\n';
  }
  constexpr std::array<std::string_view, 3> names{"first", "second", "third"};
  const std::size_t usual = std::max<std::size_t>(facts.least_inputs, 2);
  const std::size_t models = std::min({usual, facts.most_inputs, names.size()});
  text += "models:\n";
  for (std::size_t i = 0; i < models; ++i) {
    text += "  - model: org/" + std::string(names[i]) + '\n';
    text += detail::template_parameters(method.per_input, "    ", guide, i == 0);
  }
  text += detail::template_parameters(method.shared, "", guide, true);
  text += "dtype: bfloat16\n# tokenizer_source: union\n# chat_template: auto\n";
  return text;
}

}  // namespace tensormerge
