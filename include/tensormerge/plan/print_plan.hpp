#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/plan/merge_plan.hpp>
#include <tensormerge/plan/plan_traffic.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

namespace detail {

/// ` weight=0.5 scale=none`
inline std::string parameters_text(const std::vector<parameter_value>& parameters) {
  std::string text;
  for (const parameter_value& parameter : parameters) {
    text += ' ' + parameter.name + '=';
    if (!parameter.value) {
      text += "none";
      continue;
    }
    std::array<char, 32> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), *parameter.value).ptr;
    text.append(digits.data(), end);
  }
  return text;
}

inline std::string_view stored_type(dtype type, std::optional<block_format> packing) {
  return packing ? to_string(*packing) : to_string(type);
}

inline std::string source_line(const merge_plan& plan, const planned_tensor& tensor,
                               const planned_source& source) {
  std::string text = plan.models[source.model].name;
  if (source.tensor->name != tensor.name) text += ' ' + quoted_name(source.tensor->name);
  const std::string_view type = stored_type(source.tensor->type, source.tensor->packing);
  if (type != stored_type(tensor.type, tensor.packing)) text += ' ' + std::string(type);
  return text + parameters_text(source.parameters);
}

}  // namespace detail

/// The plan for people: the models, then each output tensor with its dtype, shape, bytes, method
/// and effective parameters (booleans as 0 and 1) and, indented, what it is made from, with a
/// tensor's name and dtype where they are not those of the output; at the end the totals. The same
/// text for the same plan.
inline std::string print_plan(const merge_plan& plan) {
  std::string text = "models:\n";
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    text += "  " + plan.models[i].name + ": " + plan.models[i].folder.path.string();
    if (i == plan.donor) text += plan.gguf ? ", gives the metadata" : ", gives config.json";
    if (i == plan.tokenizer_donor && !plan.gguf) text += ", gives the tokenizer";
    text += '\n';
  }
  text += "tensors:\n";
  const auto add_source = [&](const char* role, const planned_tensor& tensor,
                              const planned_source& source) {
    text += "    " + (role + detail::source_line(plan, tensor, source)) + '\n';
  };
  for (const planned_tensor& tensor : plan.tensors) {
    const std::string_view type = detail::stored_type(tensor.type, tensor.packing);
    text += "  " + quoted_name(tensor.name) + ' ' + std::string(type) + ' ' +
            to_string(tensor.dims) + ", " + std::to_string(tensor.bytes()) + " bytes, " +
            tensor.method + detail::parameters_text(tensor.parameters) + '\n';
    if (tensor.base) add_source("base ", tensor, *tensor.base);
    for (const planned_source& input : tensor.inputs) add_source("", tensor, input);
  }
  const plan_traffic traffic = traffic_of(plan);
  text += "total: " + std::to_string(plan.tensors.size()) + " tensors, " +
          std::to_string(traffic.read) + " bytes to read, " + std::to_string(traffic.written) +
          " bytes to write";
  for (const planned_stack& stack : plan.stacks) {
    text += ", " + quoted_name(stack.prefix) + ": " + std::to_string(stack.layers.size()) +
            " layers";
  }
  return text + '\n';
}

}  // namespace tensormerge
