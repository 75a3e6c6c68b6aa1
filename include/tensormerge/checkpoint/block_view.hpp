#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>

#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/packed_view.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A tensor that lies in a file in blocks that follow each other.
class block_view final : public packed_view {
 public:
  /// From byte `offset` of the file on.
  block_view(block_format format, std::uint64_t offset, std::filesystem::path file,
             std::shared_ptr<const file_descriptor> opened)
      : packed_view(format), offset_(offset), file_(std::move(file)), opened_(std::move(opened)) {}

  void read_blocks(std::uint64_t first, std::span<std::byte> into) const override {
    const std::uint64_t place = offset_ + first * bytes_per_block(format());
    if (read_at(*opened_, file_, place, into) == into.size()) return;
    throw failure(diagnostic{.file = file_.string(),
                             .what = "the file became shorter after its header was read"});
  }

 private:
  std::uint64_t offset_;
  std::filesystem::path file_;
  std::shared_ptr<const file_descriptor> opened_;
};

/// The blocks of a tensor that lies packed, as bytes to be copied.
inline tensor_entry packed_entry(tensor_entry tensor) {
  tensor.bytes = packed_bytes(*tensor.packing, tensor.dims.elements());
  if (dynamic_cast<const block_view*>(tensor.view.get()) != nullptr) {
    tensor.view.reset();  // copied in the file system
  } else {
    tensor.view = std::make_shared<const packed_bytes_view>(
        std::dynamic_pointer_cast<const packed_view>(tensor.view));
  }
  return tensor;
}

}  // namespace tensormerge
