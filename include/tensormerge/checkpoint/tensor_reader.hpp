#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/file_mapping.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Reads elements of a checkpoint's tensors. Keeps every file open, so that the files may be
/// renamed or removed meanwhile; threads may share a reader.
class tensor_reader {
 public:
  /// Throws failure where a file cannot be opened.
  explicit tensor_reader(const checkpoint& weights) : files_(weights.files()) {
    opened_.reserve(files_.size());
    for (const std::filesystem::path& file : files_) opened_.push_back(open_for_reading(file));
  }

  /// Fills `into` with the tensor's bytes from `byte_offset` on. Throws failure where that leaves
  /// the tensor, or the file has become shorter since its header was read.
  void read(const tensor_entry& tensor, std::uint64_t byte_offset,
            std::span<std::byte> into) const {
    check_range(tensor, byte_offset, into.size());
    if (tensor.view != nullptr) {
      tensor.view->read(byte_offset, into);
      return;
    }
    const std::size_t got =
        read_at(opened_[tensor.file], files_[tensor.file], tensor.offset + byte_offset, into);
    if (got < into.size()) throw shortened(tensor);
  }

  /// The tensor's bytes as memory. None where they do not lie in a file one after the other,
  /// aligned for elements of `element_bytes`, or the system does not map.
  std::optional<file_mapping> map(const tensor_entry& tensor, std::size_t element_bytes) const {
    if (tensor.view != nullptr || tensor.offset % element_bytes != 0) return std::nullopt;
    return file_mapping::of(opened_[tensor.file], tensor.offset,
                            static_cast<std::size_t>(tensor.bytes));
  }

  /// Bytes of a mapping of a tensor; nullptr where they cannot be read, as `read` will say.
  const std::byte* read_mapped(const tensor_entry& tensor, const file_mapping& mapped,
                               std::uint64_t byte_offset, std::size_t bytes) const {
    const std::byte* const found = mapped.read(byte_offset, bytes);
    return is_as_long_as(tensor, byte_offset + bytes) ? found : nullptr;
  }

  /// Throws failure where the tensor's file has become shorter since its header was read.
  void check_length(const tensor_entry& tensor) const {
    if (!is_as_long_as(tensor, tensor.bytes)) throw shortened(tensor);
  }

  /// The open file that holds the tensor, for calls that copy without reading.
  const file_descriptor& file_of(const tensor_entry& tensor) const { return opened_[tensor.file]; }
  const std::filesystem::path& path_of(const tensor_entry& tensor) const {
    return files_[tensor.file];
  }

  /// Throws failure where the range leaves the tensor.
  void check_range(const tensor_entry& tensor, std::uint64_t byte_offset,
                   std::uint64_t bytes) const {
    if (byte_offset <= tensor.bytes && bytes <= tensor.bytes - byte_offset) return;
    throw failure(diagnostic{
        .file = files_[tensor.file].string(),
        .path = quoted_name(tensor.name),
        .what = "a read leaves the tensor",
        .expected = "at most " + std::to_string(tensor.bytes) + " bytes",
        .found = std::to_string(bytes) + " bytes from " + std::to_string(byte_offset) + " on"});
  }

 private:
  /// Whether the file has so many of the tensor's bytes: what a mapping has of the last page after
  /// the file's end reads as zeros.
  bool is_as_long_as(const tensor_entry& tensor, std::uint64_t bytes) const {
    return file_bytes(opened_[tensor.file], files_[tensor.file]) >= tensor.offset + bytes;
  }

  failure shortened(const tensor_entry& tensor) const {
    return failure(diagnostic{
        .file = files_[tensor.file].string(),
        .path = quoted_name(tensor.name),
        .what = "the file became shorter after its header was read",
        .expected = "at least " + std::to_string(tensor.offset + tensor.bytes) + " bytes",
        .found = std::to_string(file_bytes(opened_[tensor.file], files_[tensor.file]))});
  }

  std::vector<std::filesystem::path> files_;
  std::vector<file_descriptor> opened_;
};

}  // namespace tensormerge
