#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_file_type.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_objection.hpp>
#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

namespace detail {

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

/// Sets what a GGUF file says of its tensors' types: the version of the blocks where there are any,
/// and, if asked for, as what most elements are stored.
inline void describe_types(const std::vector<planned_tensor>& tensors, bool with_file_type,
                           gguf_metadata& metadata) {
  constexpr std::uint32_t version_of_blocks = 2;
  std::map<std::uint32_t, std::uint64_t> elements;  // by file type
  bool has_blocks = false;
  for (const planned_tensor& tensor : tensors) {
    elements[gguf_file_type(tensor.type, tensor.packing)] += tensor.dims.elements();
    has_blocks = has_blocks || tensor.packing;
  }
  if (has_blocks) metadata.set_number("general.quantization_version", version_of_blocks);
  else metadata.erase("general.quantization_version");
  const auto most = std::max_element(elements.begin(), elements.end(), [](auto& a, auto& b) {
    return a.second < b.second;
  });
  if (with_file_type && most != elements.end()) {
    metadata.set_number("general.file_type", most->first);
  }
}

namespace detail {

/// Throws where the output's tokens would be others than those that the metadata lists.
inline void check_vocabulary(const merge_plan& plan, gguf_metadata& metadata) {
  const std::string file = plan.models[plan.donor].folder.path.string();
  if (plan.makes_tokenizer || plan.tokenizer_donor != plan.donor || !plan.made_files.empty()) {
    throw failure(diagnostic{.file = file,
                             .what = "the tokenizer of a GGUF file stays as it is",
                             .expected = "no `tokenizer`, `tokenizer_source` or `chat_template`",
                             .hint = "merge folders, then `tensormerge convert` the output"});
  }
  const gguf_value* tokens = metadata.find("tokenizer.ggml.tokens");
  const auto embedding =
      std::find_if(plan.tensors.begin(), plan.tensors.end(), [](const planned_tensor& tensor) {
        return tensor.name == "token_embd.weight";
      });
  if (embedding == plan.tensors.end()) return;
  const std::uint64_t rows = embedding->dims.column_length();
  if (tokens != nullptr && tokens->items != rows) {
    throw failure(diagnostic{.file = file,
                             .path = quoted_name(embedding->name),
                             .what = "the output has other tokens than the GGUF file lists",
                             .expected = std::to_string(tokens->items) + " rows",
                             .found = std::to_string(rows),
                             .hint = "merge folders, then `tensormerge convert` the output"});
  }
  const std::string key =
      std::string(metadata.text("general.architecture").value_or("")) + ".vocab_size";
  if (metadata.find(key) != nullptr) metadata.set_number(key, static_cast<std::uint32_t>(rows));
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
      tensor.type = tensor.inputs.front().tensor->nominal_type();
    }
    diagnostic objection = gguf_objection(stored_as(tensor));
    if (!objection.what.empty() && findings.size() < 20) findings.push_back(std::move(objection));
  }
  if (!findings.empty()) throw failure(std::move(findings));
  detail::check_vocabulary(plan, metadata);
  describe_types(plan.tensors, asked_for.has_value(), metadata);
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
