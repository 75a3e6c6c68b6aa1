#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/gguf/gguf_header.hpp>
#include <tensormerge/checkpoint/gguf/gguf_metadata.hpp>
#include <tensormerge/checkpoint/gguf/gguf_objection.hpp>
#include <tensormerge/checkpoint/gguf/gguf_tensor_type.hpp>
#include <tensormerge/checkpoint/gguf/gguf_value.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

namespace detail {

inline void append_text(std::string& into, const std::string& text) {
  append_little_endian(into, text.size(), sizeof(std::uint64_t));
  into += text;
}

inline void append_value(std::string& into, const gguf_value& value) {
  append_little_endian(into, static_cast<std::uint64_t>(value.kind), 4);
  if (value.kind == gguf_kind::text) return append_text(into, value.bytes);
  if (value.kind == gguf_kind::list) {
    append_little_endian(into, static_cast<std::uint64_t>(value.item_kind), 4);
    append_little_endian(into, value.items, 8);
  }
  into += value.bytes;
}

/// The bytes that a tensor takes in a GGUF file. Throws failure where there is no such number, or
/// it cannot be stored in one.
inline std::uint64_t gguf_bytes(const output_tensor& tensor, std::uint64_t most) {
  diagnostic objection = gguf_objection(tensor);
  if (!objection.what.empty()) throw failure(std::move(objection));
  const std::optional<std::uint64_t> elements = tensor.dims.checked_elements();
  if (!elements || *elements > most / sizeof(double)) {
    throw failure(diagnostic{.path = quoted_name(tensor.name),
                             .what = "the tensor is too large for a GGUF file",
                             .found = to_string(tensor.dims)});
  }
  return tensor.packing ? packed_bytes(*tensor.packing, *elements)
                        : *elements * bytes_per_element(tensor.type);
}

}  // namespace detail

/// One GGUF file of version 3, model.gguf, with these keys and tensors in the order that is given,
/// each aligned as `general.alignment` says. Throws failure for names that occur twice, impossible
/// sizes and types that GGUF does not have.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
inline shard_layout lay_out_gguf(const std::vector<output_tensor>& outputs,
                                 const gguf_metadata& metadata) {
  const std::uint64_t alignment =
      metadata.whole_number("general.alignment").value_or(default_gguf_alignment);
  const auto aligned = [alignment](std::uint64_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
  };
  constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max() / 2;
  std::string prefix = "GGUF";
  detail::append_little_endian(prefix, 3, 4);
  detail::append_little_endian(prefix, outputs.size(), 8);
  detail::append_little_endian(prefix, metadata.entries().size(), 8);
  for (const auto& [key, value] : metadata.entries()) {
    detail::append_text(prefix, key);
    detail::append_value(prefix, value);
  }
  shard_layout layout;
  std::unordered_set<std::string> names;
  std::uint64_t reached = 0;
  for (const output_tensor& output : outputs) {
    const std::uint64_t bytes = detail::gguf_bytes(output, most_bytes - reached);
    if (!names.insert(output.name).second) {
      throw failure(diagnostic{.path = quoted_name(output.name),
                               .what = "the output tensor cannot have this name",
                               .expected = "a name of its own"});
    }
    const std::vector<std::uint64_t>& extents = output.dims.extents;
    detail::append_text(prefix, output.name);
    detail::append_little_endian(prefix, extents.size(), 4);
    for (std::size_t axis = extents.size(); axis-- > 0;) {
      detail::append_little_endian(prefix, extents[axis], 8);
    }
    detail::append_little_endian(prefix, find_gguf_type(output.type, output.packing)->number, 4);
    detail::append_little_endian(prefix, reached, 8);
    layout.tensors.push_back({.name = output.name,
                              .type = output.type,
                              .dims = output.dims,
                              .offset = reached,
                              .bytes = bytes,
                              .packing = output.packing});
    layout.tensor_bytes += bytes;
    reached += aligned(bytes);
  }
  prefix.resize(static_cast<std::size_t>(aligned(prefix.size())), '\0');
  for (tensor_entry& entry : layout.tensors) entry.offset += prefix.size();
  const std::uint64_t file_bytes = prefix.size() + reached;
  layout.shards.push_back({"model.gguf", std::move(prefix), file_bytes});
  return layout;
}

}  // namespace tensormerge
