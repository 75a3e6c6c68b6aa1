#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/gguf/gguf_file_type.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_tensor_type.hpp>
#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

/// What keeps a tensor from being stored in a GGUF file; empty where nothing does.
inline diagnostic gguf_objection(const planned_tensor& tensor) {
  constexpr std::size_t most_axes = 4, longest_name = 63;
  const auto objection = [&tensor](std::string what, std::string expected, std::string found) {
    return diagnostic{.path = quoted_name(tensor.name),
                      .what = std::move(what),
                      .expected = std::move(expected),
                      .found = std::move(found)};
  };
  if (find_gguf_type(tensor.type, tensor.packing) == nullptr) {
    return objection("a GGUF file has no such type", "one of " + supported_gguf_types(),
                     std::string(to_string(tensor.type)));
  }
  if (tensor.dims.extents.size() > most_axes) {
    return objection("a GGUF file holds no such shape", "at most 4 axes", to_string(tensor.dims));
  }
  if (tensor.name.size() > longest_name) {
    return objection("the name is too long for a GGUF file", "at most 63 bytes",
                     std::to_string(tensor.name.size()));
  }
  if (tensor.packing && tensor.dims.row_length() % elements_per_block(*tensor.packing) != 0) {
    return objection("rows are no whole blocks",
                     "a multiple of " + std::to_string(elements_per_block(*tensor.packing)) +
                         " for " + std::string(to_string(*tensor.packing)),
                     to_string(tensor.dims));
  }
  return {};
}

/// Makes lists with an item for each layer those of the layers that were taken.
inline void choose_layers(const merge_plan& plan, const planned_stack& stack,
                          std::string_view architecture, gguf_metadata& metadata) {
  const gguf_metadata& donor = *plan.models[plan.donor].folder.gguf;
  const std::optional<std::uint64_t> layers =
      donor.whole_number(std::string(architecture) + ".block_count");
  for (const auto& [key, value] : donor.entries()) {
    const std::size_t size = bytes_of(value.item_kind);
    if (value.kind != gguf_kind::list || !key.starts_with(architecture) || value.items != layers ||
        size == 0) {
      continue;
    }
    gguf_value chosen{.kind = value.kind, .item_kind = value.item_kind, .items = 0};
    for (const planned_layer& layer : stack.layers) {
      const auto& of_model = plan.models[layer.model].folder.gguf;
      const gguf_value* source = of_model == nullptr ? nullptr : of_model->find(key);
      if (source == nullptr || source->item_kind != value.item_kind ||
          layer.layer >= source->items) {
        throw failure(diagnostic{.file = plan.models[layer.model].folder.path.string(),
                                 .path = quoted_name(key),
                                 .what = "does not say what layer " + std::to_string(layer.layer) +
                                         " is"});
      }
      chosen.bytes += source->bytes.substr(static_cast<std::size_t>(layer.layer) * size, size);
      ++chosen.items;
    }
    metadata.set(key, std::move(chosen));
  }
}

}  // namespace detail

/// Plans the output as a GGUF file with the metadata of the donor, which is one. Vectors keep their
/// type even where another is asked for, since engines compute with norms and biases in float32.
/// Throws failure for what a GGUF file cannot hold.
inline void plan_gguf_output(merge_plan& plan, std::optional<dtype> asked_for) {
  const planned_model& donor = plan.models[plan.donor];
  gguf_metadata metadata = *donor.folder.gguf;
  diagnostics findings;
  for (planned_tensor& tensor : plan.tensors) {
    if (asked_for && tensor.dims.extents.size() <= 1 && !tensor.inputs.empty()) {
      tensor.type = tensor.inputs.front().tensor.nominal_type();
    }
    diagnostic objection = detail::gguf_objection(tensor);
    if (!objection.what.empty() && findings.size() < 20) findings.push_back(std::move(objection));
  }
  if (!findings.empty()) throw failure(std::move(findings));
  if (asked_for) metadata.set_number("general.file_type", gguf_file_type(*asked_for, std::nullopt));
  const auto architecture = donor.folder.gguf->text("general.architecture");
  for (const planned_stack& stack : plan.stacks) {
    if (stack.prefix != "blk." || !architecture) continue;
    detail::choose_layers(plan, stack, *architecture, metadata);
    metadata.set_number(std::string(*architecture) + ".block_count",
                        static_cast<std::uint32_t>(stack.layers.size()));
  }
  plan.gguf = std::move(metadata);
}

}  // namespace tensormerge
