#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/parameter_info.hpp>
#include <tensormerge/plan/shared_list.hpp>
#include <tensormerge/plan/weights_layout.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// A model that takes part, under the name that the configuration gives it.
struct planned_model {
  std::string name{};
  model_folder folder;
};

/// One tensor that is read, and the parameters that apply to it alone.
struct planned_source {
  std::size_t model = 0;  // index in merge_plan::models
  shared_entry tensor{};  // of the model, or made of one of its
  shared_list<parameter_value> parameters{};
  shared_list<text_position> origins{};  // of the parameters, where they are given
};

/// One tensor that is written: what from, by which method and with which parameters.
struct planned_tensor {
  std::string name{};
  dtype type = dtype::float32;
  shape dims{};
  std::string method{};
  shared_list<parameter_value> parameters{};
  shared_list<text_position> origins{};  // of the parameters, where they are given
  std::optional<planned_source> base{};
  /// The first input's elements as they are, whatever their type; further ones must be equal.
  bool is_copy = false;
  std::vector<planned_source> inputs{};  // the base apart, in the configuration's order
  /// The format of blocks in which it is stored; what is computed is `type`, float32, then.
  std::optional<block_format> packing{};

  /// The bytes of so many elements as they are stored; whole blocks where it is packed.
  std::uint64_t stored_bytes(std::uint64_t elements) const {
    return packing ? packed_bytes(*packing, elements) : elements * bytes_per_element(type);
  }
  std::uint64_t bytes() const { return stored_bytes(dims.elements()); }
};

/// A planned tensor as the output's files hold it.
inline output_tensor stored_as(const planned_tensor& tensor) {
  return {tensor.name, tensor.type, tensor.dims, tensor.packing};
}

/// A file of the output that no model has.
struct made_file {
  std::string name{};
  std::string text{};
};

/// The layer of a model that config.json's lists of layers are made of for one of the output.
struct planned_layer {
  std::size_t model = 0;  // index in merge_plan::models
  std::uint64_t layer = 0;
  friend bool operator==(const planned_layer&, const planned_layer&) = default;
};

/// A run of output layers that slices made, by the prefix of its tensors' names.
struct planned_stack {
  std::string prefix{};
  std::vector<planned_layer> layers{};
};

/// Everything that a merge will do, made from a configuration and the headers of its checkpoints.
/// Nothing of a tensor's data is needed to make it, and nothing but it to carry it out.
struct merge_plan {
  std::vector<planned_model> models;
  std::vector<planned_tensor> tensors;  // ordered by name
  std::size_t donor = 0;            // the model whose config.json and side files are carried over
  std::size_t tokenizer_donor = 0;  // the model whose tokenizer files are carried over
  bool makes_tokenizer = false;     // it is asked for, and part of the output in any case
  std::vector<made_file> made_files;       // in place of side files of their names
  std::vector<std::string> dropped_files;  // side files that would not be true of the output
  // What config.json must say to be true to the output; none where the donor's may stay.
  std::vector<planned_stack> stacks;
  std::optional<dtype> config_dtype;
  std::optional<std::uint64_t> vocabulary_size;
  std::optional<bool> tied_embeddings;
  bool drops_quantisation = false;  // what config.json says of it is not true any more
  std::optional<mlx_settings> quantisation;  // what it must say of it instead
  std::optional<gguf_metadata> gguf;  // of the GGUF file that is written; none: a folder is
  weights_layout layout = weights_layout::safetensors;  // of that folder
  diagnostics findings;               // warnings and notes
};

/// The tensors that carrying out a plan writes, in its order.
inline std::vector<output_tensor> outputs_of(const merge_plan& plan) {
  std::vector<output_tensor> outputs;
  outputs.reserve(plan.tensors.size());
  for (const planned_tensor& tensor : plan.tensors) outputs.push_back(stored_as(tensor));
  return outputs;
}

}  // namespace tensormerge
