#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>

namespace tensormerge {

/// Reads one tensor of a checkpoint, and keeps open no file but the one that holds it. Threads may
/// share a reader.
class single_tensor_reader {
 public:
  /// Throws failure where the file cannot be opened.
  single_tensor_reader(const checkpoint& weights, tensor_entry tensor)
      : tensor_(std::move(tensor)) {
    if (tensor_.view != nullptr) return;
    const std::filesystem::path& file = weights.files()[tensor_.file];
    tensor_.file = 0;
    reader_.emplace(checkpoint({file}, {tensor_}));
  }

  const tensor_entry& tensor() const { return tensor_; }

  /// Fills `into` with the tensor's bytes from `byte_offset` on. Throws failure.
  void read(std::uint64_t byte_offset, std::span<std::byte> into) const {
    if (reader_) reader_->read(tensor_, byte_offset, into);
    else tensor_.view->read(byte_offset, into);
  }

 private:
  tensor_entry tensor_;
  std::optional<tensor_reader> reader_;
};

}  // namespace tensormerge
