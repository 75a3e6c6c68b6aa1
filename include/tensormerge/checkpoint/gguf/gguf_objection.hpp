#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <tensormerge/checkpoint/gguf/gguf_tensor_type.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// What keeps a tensor from being stored in a GGUF file; empty where nothing does.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, `gguf_tensor_info_t`.
inline diagnostic gguf_objection(const output_tensor& tensor) {
  constexpr std::size_t most_axes = 4, longest_name = 63;
  const auto objection = [&tensor](std::string what, std::string expected, std::string found) {
    return diagnostic{.path = quoted_name(tensor.name),
                      .what = std::move(what),
                      .expected = std::move(expected),
                      .found = std::move(found)};
  };
  if (find_gguf_type(tensor.type, tensor.packing) == nullptr) {
    return objection("a GGUF file has no such type", "one of " + supported_gguf_types(),
                     std::string(to_string(tensor.type)));
  }
  if (tensor.dims.extents.size() > most_axes) {
    return objection("a GGUF file holds no such shape", "at most 4 axes", to_string(tensor.dims));
  }
  if (tensor.name.size() > longest_name) {
    return objection("the name is too long for a GGUF file", "at most 63 bytes",
                     std::to_string(tensor.name.size()));
  }
  if (tensor.packing && tensor.dims.row_length() % elements_per_block(*tensor.packing) != 0) {
    return objection("rows are no whole blocks",
                     "a multiple of " + std::to_string(elements_per_block(*tensor.packing)) +
                         " for " + std::string(to_string(*tensor.packing)),
                     to_string(tensor.dims));
  }
  return {};
}

}  // namespace tensormerge
