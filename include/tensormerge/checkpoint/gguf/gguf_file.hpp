#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/block_view.hpp>
#include <tensormerge/checkpoint/file_descriptor.hpp>
#include <tensormerge/checkpoint/gguf/gguf_header.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>

namespace tensormerge {

/// Whether a file is a GGUF file, by its first bytes. Throws failure where it cannot be read.
inline bool is_gguf_file(const std::filesystem::path& path) {
  constexpr std::array<std::byte, 4> magic{std::byte{'G'}, std::byte{'G'}, std::byte{'U'},
                                           std::byte{'F'}};
  if (path.extension() == ".safetensors") return false;
  const file_descriptor opened = open_for_reading(path);
  std::array<std::byte, 4> start{};
  return read_at(opened, path, 0, start) == start.size() && start == magic;
}

/// A GGUF file without its elements; tensors are in the order of their bytes, and those in blocks
/// are views that decode, of float32.
struct gguf_file {
  std::vector<tensor_entry> tensors{};
  gguf_metadata metadata{};
};

/// Reads and checks all but the elements; `file` becomes the tensors' file index. Throws failure.
inline gguf_file read_gguf_file(const std::filesystem::path& path, std::uint32_t file = 0) {
  gguf_header header = read_gguf_header(path);
  const auto opened = std::make_shared<const file_descriptor>(open_for_reading(path));
  std::vector<tensor_entry> entries;
  entries.reserve(header.tensors.size());
  for (gguf_tensor& tensor : header.tensors) {
    tensor_entry entry{.name = std::move(tensor.name),
                       .type = tensor.type.plain.value_or(dtype::float32),
                       .dims = std::move(tensor.dims),
                       .file = file,
                       .offset = tensor.offset,
                       .bytes = tensor.bytes};
    if (tensor.type.packed) {
      entry.bytes = entry.dims.elements() * sizeof(float);
      entry.packing = tensor.type.packed;
      entry.view = std::make_shared<const block_view>(*entry.packing, entry.offset, path, opened);
    }
    entries.push_back(std::move(entry));
  }
  return {std::move(entries), std::move(header.metadata)};
}

}  // namespace tensormerge
