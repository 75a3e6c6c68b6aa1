#pragma once

#include <string>

#include <tensormerge/checkpoint/find_model.hpp>
#include <tensormerge/plan/weights_layout.hpp>

namespace tensormerge {

/// What is done with tensors of models that differ in shape. All but `error` give the base's shape,
/// or the first model's where there is no base: `base` takes the base's tensor in place of one of
/// another shape; `truncate` cuts larger ones and takes the base's in place of smaller ones; `pad`
/// cuts larger ones too, and fills smaller ones with the base's elements.
enum class shape_policy { error, base, truncate, pad };

/// What planning takes besides the configuration.
struct plan_options {
  model_search search{};
  /// Plan merges of different architectures too; their tensors must still fit.
  bool allow_crimes = false;
  /// Cut embeddings and heads of different vocabularies to the shortest, where the configuration
  /// says nothing of tokenizers. Nothing shows that the tokens that stay are the same.
  bool truncate_embeddings = false;
  shape_policy shapes = shape_policy::error;
  /// Safetensors or torch: the files of a merge whose output is no GGUF file.
  weights_layout layout = weights_layout::safetensors;
  /// The name of the configuration's file, for messages.
  std::string config_file{};
};

}  // namespace tensormerge
