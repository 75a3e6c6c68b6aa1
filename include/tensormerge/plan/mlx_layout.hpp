#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/error/diagnostic.hpp>
#include <tensormerge/plan/tensor_role.hpp>

namespace tensormerge {

/// What keeps a model with that config.json from the layout of MLX; empty where nothing does. In
/// it are the families whose tensors mlx_lm has under the names and in the order of transformers,
/// and whose matrices are all linear layers or embeddings.
/// Source: https://github.com/ml-explore/mlx-lm, `sanitize` in mlx_lm/models/.
inline diagnostic mlx_objection(const node& config) {
  constexpr std::array<std::string_view, 20> families{
      "llama",  "mistral", "qwen2",   "qwen3",      "gemma",    "gemma2", "phi",
      "phi3",   "cohere",  "cohere2", "starcoder2", "stablelm", "glm",    "glm4",
      "olmo2",  "olmo3",   "smollm3", "seed_oss",   "exaone4",  "nemotron"};
  const node* type = config.find("model_type");
  if (type != nullptr &&
      std::find(families.begin(), families.end(), type->text) != families.end()) {
    return {};
  }
  std::string known;
  for (const std::string_view family : families) {
    known += (known.empty() ? "one of " : ", ") + std::string(family);
  }
  return {.path = "model_type",
          .what = "is not known to have the same tensors in MLX",
          .expected = std::move(known),
          .found = type == nullptr ? "none" : quoted_name(type->text),
          .hint = "convert it with `mlx_lm.convert`"};
}

/// What is wrong with settings that are asked for; empty where nothing is.
inline diagnostic mlx_settings_objection(const mlx_settings& asked) {
  if (asked.bits != 4 && asked.bits != 8) {
    return {.path = "bits",
            .what = "is a number of bits that is not written",
            .expected = "4 or 8",
            .found = std::to_string(asked.bits)};
  }
  if (mlx_format(asked.bits, asked.group, dtype::float16)) return {};
  return {.path = "group_size",
          .what = "is a size of groups that MLX does not have",
          .expected = "32, 64 or 128",
          .found = std::to_string(asked.group)};
}

/// Whether mlx_lm has no such tensor: buffers that it computes, and a head that is the embedding.
inline bool is_left_out_by_mlx(std::string_view name, const node& config) {
  const node* tied = config.find("tie_word_embeddings");
  const bool is_tied = tied != nullptr && tied->text == "true";
  return is_derived_buffer(name) || (is_tied && name.starts_with("lm_head."));
}

/// Whether it is the weight of a linear layer or an embedding, which mlx_lm quantises where rows
/// are whole groups.
inline bool is_mlx_matrix(std::string_view name, const tensor_entry& tensor) {
  return module_of_weight(name) && tensor.dims.extents.size() == 2 && is_float(tensor.type);
}

}  // namespace tensormerge
