#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/stack_config.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/plan/layer_names.hpp>

namespace tensormerge {

/// Which stacks of layers are told from the rest: those of every part of a model, or those of the
/// part that its config.json counts first, its language model perhaps.
enum class stack_choice { all, main };

/// The names of a model's tensors, sorted into its layers and the rest. Refers to the model.
class layer_index {
 public:
  explicit layer_index(const model_folder& model, stack_choice choice = stack_choice::main)
      : layer_index(model, choice, [](std::string_view) { return true; }) {}

  /// Of the tensors with names that `wanted` tells.
  template <class Wanted>
  layer_index(const model_folder& model, stack_choice choice, const Wanted& wanted) {
    std::vector<tensor_entry> entries;
    for (const tensor_entry& tensor : model.weights.tensors()) {
      if (wanted(std::string_view(tensor.name))) entries.push_back(tensor);
    }
    stacks_ = choice == stack_choice::all
                  ? find_layer_stacks(entries, stated_layer_counts(model.config))
                  : main_stacks(find_layer_stacks(entries, layer_count(model.config)));
    for (const layer_stack& stack : stacks_) suffixes_.emplace_back(stack.layers);
    for (const tensor_entry& tensor : model.weights.tensors()) {
      if (wanted(std::string_view(tensor.name))) place(tensor.name);
    }
  }

  const std::vector<layer_stack>& stacks() const { return stacks_; }

  /// What follows the layer's number in the names of its tensors: `.mlp.up_proj.weight`.
  std::span<const std::string_view> suffixes(std::size_t stack, std::uint64_t layer) const {
    return suffixes_[stack][layer];
  }

  /// The names of the tensors outside of all layers.
  std::span<const std::string_view> outside() const { return outside_; }

 private:
  /// Those that are neither of images nor of sound, where there are such.
  static std::vector<layer_stack> main_stacks(std::vector<layer_stack> stacks) {
    const auto is_other = [](const layer_stack& stack) {
      const stack_kind kind = kind_of_stack(stack.prefix);
      return kind == stack_kind::vision || kind == stack_kind::audio;
    };
    if (!std::all_of(stacks.begin(), stacks.end(), is_other)) std::erase_if(stacks, is_other);
    return stacks;
  }

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
