#pragma once

#include <string>

#include <tensormerge/checkpoint/find_model.hpp>

namespace tensormerge {

/// What planning takes besides the configuration.
struct plan_options {
  model_search search{};
  /// Plan merges of different architectures too; their tensors must still fit.
  bool allow_crimes = false;
  /// Cut embeddings and heads of different vocabularies to the shortest, where the configuration
  /// says nothing of tokenizers. Nothing shows that the tokens that stay are the same.
  bool truncate_embeddings = false;
  /// The name of the configuration's file, for messages.
  std::string config_file{};
};

}  // namespace tensormerge
