#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/plan/layer_names.hpp>

namespace tensormerge {

/// The names of a model's tensors, sorted into its layers and the rest. Refers to the model.
class layer_index {
 public:
  explicit layer_index(const model_folder& model)
      : stacks_(find_layer_stacks(model.weights.tensors(), layer_count(model.config))) {
    for (const layer_stack& stack : stacks_) suffixes_.emplace_back(stack.layers);
    for (const tensor_entry& tensor : model.weights.tensors()) place(tensor.name);
  }

  const std::vector<layer_stack>& stacks() const { return stacks_; }

  /// What follows the layer's number in the names of its tensors: `.mlp.up_proj.weight`.
  std::span<const std::string_view> suffixes(std::size_t stack, std::uint64_t layer) const {
    return suffixes_[stack][layer];
  }

  /// The names of the tensors outside of all layers.
  std::span<const std::string_view> outside() const { return outside_; }

 private:
  void place(std::string_view name) {
    for (std::size_t i = 0; i < stacks_.size(); ++i) {
      const std::string& prefix = stacks_[i].prefix;
      if (!name.starts_with(prefix)) continue;
      const std::optional<layer_name> split = split_layer_name(name, prefix.size());
      if (!split || split->prefix.size() != prefix.size()) continue;
      suffixes_[i][split->index].push_back(split->suffix);
      return;
    }
    outside_.push_back(name);
  }

  std::vector<layer_stack> stacks_;
  std::vector<std::vector<std::vector<std::string_view>>> suffixes_;  // by stack and layer
  std::vector<std::string_view> outside_;
};

}  // namespace tensormerge
