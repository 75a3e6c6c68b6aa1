#pragma once

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/lay_out_gguf.hpp>
#include <tensormerge/dtype/block/block_format.hpp>

#include "../temporary_folder.hpp"

namespace tensormerge::test {

/// The file that the Python package gguf wrote (tests/data/gguf/make_tiny.py).
inline std::filesystem::path tiny_gguf() {
  return std::filesystem::path(TENSORMERGE_TEST_DATA) / "gguf" / "tiny.gguf";
}

/// The keys that tell a model with so many layers.
inline gguf_metadata llama_metadata(std::uint32_t layers) {
  gguf_metadata metadata;
  metadata.set_text("general.architecture", "llama");
  metadata.set_number("llama.block_count", layers);
  return metadata;
}

using filled_tensor = std::pair<output_tensor, std::vector<float>>;

/// The bytes of a GGUF file with these tensors, of float32 or of blocks.
inline std::string gguf_bytes(const gguf_metadata& metadata,
                              const std::vector<filled_tensor>& tensors) {
  std::vector<output_tensor> outputs;
  for (const auto& [output, values] : tensors) outputs.push_back(output);
  const shard_layout layout = lay_out_gguf(outputs, metadata);
  std::string bytes = layout.shards[0].prefix;
  bytes.resize(layout.shards[0].file_bytes);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const tensor_entry& entry = layout.tensors[i];
    const std::span<char> place(bytes.data() + entry.offset, entry.bytes);
    if (entry.packing) {
      encode_blocks(*entry.packing, tensors[i].second, std::as_writable_bytes(place));
    } else {
      std::memcpy(place.data(), tensors[i].second.data(), place.size());
    }
  }
  return bytes;
}

}  // namespace tensormerge::test
