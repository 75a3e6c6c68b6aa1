#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/engine/tensor_source.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The tensors of a checkpoint as a source, those that adapters change included
/// (plan/lora/apply_adapter.hpp).
class checkpoint_source {
 public:
  /// Throws failure where a file cannot be opened.
  explicit checkpoint_source(checkpoint weights)
      : weights_(std::move(weights)), reader_(weights_) {}

  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const tensor_entry& tensor : weights_.tensors()) list.push_back(tensor.name);
    return list;
  }

  std::optional<tensor_description> describe(std::string_view name) const {
    const tensor_entry* tensor = weights_.find(name);
    if (tensor == nullptr) return std::nullopt;
    return tensor_description{tensor->type, tensor->dims};
  }

  /// Throws failure where there is no such tensor, or it cannot be read.
  void read(std::string_view name, std::span<std::byte> into) const {
    const tensor_entry* tensor = weights_.find(name);
    if (tensor == nullptr) {
      throw failure(diagnostic{.path = quoted_name(name), .what = "there is no such tensor"});
    }
    reader_.read(*tensor, 0, into);
  }

 private:
  checkpoint weights_;
  tensor_reader reader_;
};

}  // namespace tensormerge
