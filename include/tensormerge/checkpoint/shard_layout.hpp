#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/write_safetensors_header.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/write_json.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// A tensor that is to be written.
struct output_tensor {
  std::string name{};
  dtype type = dtype::float32;
  shape dims{};
  /// The format of its blocks; `type` is float32 then.
  std::optional<block_format> packing{};
};

/// Where every byte of a checkpoint goes, known before the first element is computed.
struct shard_layout {
  struct shard {
    std::string file_name;
    /// Everything before the elements.
    std::string prefix;
    std::uint64_t file_bytes = 0;
  };
  std::vector<shard> shards;
  /// In the order the tensors were given; `file` counts shards, `offset` from the shard's first
  /// byte.
  std::vector<tensor_entry> tensors;
  /// The elements of all tensors.
  std::uint64_t tensor_bytes = 0;
  /// Where the scales and biases of a tensor of MLX lie, by its number; its numbers are at its own
  /// offset.
  struct split_place {
    std::uint64_t scales = 0, biases = 0;
  };
  std::map<std::size_t, split_place> splits{};
  /// The tensors as they are named in safetensors files, with the parts of those of MLX.
  std::vector<tensor_entry> stored{};
  /// What files have between and behind their tensors, by shard.
  struct placed_text {
    std::uint32_t shard = 0;
    std::uint64_t offset = 0;  // from the shard's first byte
    std::string bytes{};
  };
  std::vector<placed_text> others{};
  /// Where the CRC-32 of each tensor's bytes is to be put, in 4 bytes, by its number; empty where
  /// files have none.
  std::vector<std::vector<std::uint64_t>> checksum_places{};
  /// The file that says which shard holds which tensor, where there are several.
  std::string index_name = "model.safetensors.index.json";
};

namespace detail {

/// The entries with their sizes. Throws failure for a name given twice or a size beyond 2^63 bytes.
inline std::vector<tensor_entry> sized_entries(const std::vector<output_tensor>& outputs) {
  std::vector<tensor_entry> entries;
  entries.reserve(outputs.size());
  std::unordered_set<std::string_view> names;
  constexpr std::uint64_t most_bytes = std::numeric_limits<std::int64_t>::max() / 2;
  std::uint64_t total = 0;
  for (const output_tensor& output : outputs) {
    const auto refuse = [&output](std::string what, std::string expected, std::string found) {
      throw failure(diagnostic{.path = quoted_name(output.name),
                               .what = std::move(what),
                               .expected = std::move(expected),
                               .found = std::move(found)});
    };
    if (output.name == "__metadata__" || !names.insert(output.name).second) {
      refuse("the output tensor cannot have this name", "a name of its own", "");
    }
    const std::optional<std::uint64_t> elements = output.dims.checked_elements();
    const std::uint64_t size = bytes_per_element(output.type);
    if (!elements || *elements > (most_bytes - total) / size) {
      refuse("the output is too large", "fewer than 2^62 bytes", to_string(output.dims));
    }
    if (output.packing && (!is_mlx(*output.packing) || !module_of_weight(output.name) ||
                           output.dims.row_length() % elements_per_block(*output.packing) != 0)) {
      refuse("the output cannot be quantised in a safetensors file",
             "a weight whose rows are whole groups of MLX", to_string(output.dims));
    }
    entries.push_back({.name = output.name,
                       .type = output.type,
                       .dims = output.dims,
                       .bytes = output.packing ? packed_bytes(*output.packing, *elements)
                                               : *elements * size,
                       .packing = output.packing});
    total += entries.back().bytes;
  }
  return entries;
}

/// The entries that a file has for a tensor: itself, or the three parts of a quantised one.
inline std::vector<tensor_entry> stored_parts(const tensor_entry& entry) {
  if (!entry.packing) return {entry};
  const std::uint64_t group = elements_per_block(*entry.packing);
  const std::uint64_t scale = mlx_scale_bytes(*entry.packing);
  const std::uint64_t blocks = entry.dims.elements() / group;
  tensor_entry numbers{.name = entry.name, .type = dtype::uint32, .dims = entry.dims};
  numbers.bytes = blocks * (bytes_per_block(*entry.packing) - 2 * scale);
  numbers.dims.extents.back() =
      entry.dims.row_length() / group * (numbers.bytes / std::max(blocks, std::uint64_t{1})) / 4;
  tensor_entry scales{.name = std::string(*module_of_weight(entry.name)) + ".scales",
                      .type = mlx_scale_type(*entry.packing),
                      .dims = entry.dims,
                      .bytes = blocks * scale};
  scales.dims.extents.back() = entry.dims.row_length() / group;
  tensor_entry biases = scales;
  biases.name = std::string(*module_of_weight(entry.name)) + ".biases";
  return {std::move(numbers), std::move(scales), std::move(biases)};
}

inline std::string shard_file_name(std::string_view stem, std::string_view ending,
                                   std::size_t number, std::size_t count) {
  const auto five_digits = [](std::size_t value) {
    const std::string digits = std::to_string(value);
    return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
  };
  std::string name(stem);
  if (count > 1) name += '-' + five_digits(number + 1) + "-of-" + five_digits(count);
  return name.append(ending);
}

/// Distributes tensors in their order over shards: one ends before the tensor that would take it
/// over `shard_bytes`, so only a tensor that is larger by itself makes a larger shard. Returns the
/// number of shards, which is at least 1.
inline std::size_t fill_shards(std::vector<tensor_entry>& tensors, std::uint64_t shard_bytes) {
  std::uint32_t shard = 0;
  std::uint64_t filled = 0;
  bool is_begun = false;
  for (tensor_entry& entry : tensors) {
    if (is_begun && (filled > shard_bytes || entry.bytes > shard_bytes - filled)) {
      ++shard;
      filled = 0;
    }
    entry.file = shard;
    filled += entry.bytes;
    is_begun = true;
  }
  return shard + std::size_t{1};
}

}  // namespace detail

/// Fills shards in the given order: a shard ends before the tensor that would take it over
/// `shard_bytes`, so only a tensor that is larger by itself makes a larger shard. Inside a shard
/// the wider dtypes come first, then names in order, so that every element is aligned in the file.
/// One shard is model.safetensors, more are model-0000I-of-0000N.safetensors.
/// Throws failure for names that occur twice and impossible sizes.
inline shard_layout lay_out_shards(const std::vector<output_tensor>& outputs,
                                   const safetensors_metadata& metadata,
                                   std::uint64_t shard_bytes) {
  shard_layout layout;
  layout.tensors = detail::sized_entries(outputs);
  layout.stored.reserve(layout.tensors.size());
  std::vector<std::size_t> first_part;
  for (const tensor_entry& entry : layout.tensors) {
    first_part.push_back(layout.stored.size());
    for (tensor_entry& part : detail::stored_parts(entry)) layout.stored.push_back(std::move(part));
  }
  first_part.push_back(layout.stored.size());
  std::vector<std::vector<tensor_entry*>> members(
      detail::fill_shards(layout.tensors, shard_bytes));
  for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
    const tensor_entry& entry = layout.tensors[i];
    for (std::size_t part = first_part[i]; part < first_part[i + 1]; ++part) {
      layout.stored[part].file = entry.file;
      members[entry.file].push_back(&layout.stored[part]);
    }
    layout.tensor_bytes += entry.bytes;
  }
  for (std::size_t number = 0; number < members.size(); ++number) {
    std::vector<tensor_entry*>& shard = members[number];
    std::sort(shard.begin(), shard.end(), [](const tensor_entry* a, const tensor_entry* b) {
      const std::size_t width_a = bytes_per_element(a->type), width_b = bytes_per_element(b->type);
      return width_a != width_b ? width_a > width_b : a->name < b->name;
    });
    std::uint64_t reached = 0;
    for (tensor_entry* entry : shard) {
      entry->offset = reached;
      reached += entry->bytes;
    }
    std::string prefix = safetensors_prefix({shard.begin(), shard.end()}, metadata);
    for (tensor_entry* entry : shard) entry->offset += prefix.size();
    const std::uint64_t file_bytes = prefix.size() + reached;
    layout.shards.push_back(
        {detail::shard_file_name("model", ".safetensors", number, members.size()),
         std::move(prefix), file_bytes});
  }
  for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
    const tensor_entry* parts = &layout.stored[first_part[i]];
    layout.tensors[i].offset = parts->offset;
    if (layout.tensors[i].packing) layout.splits[i] = {parts[1].offset, parts[2].offset};
  }
  return layout;
}

/// The text of the file that says which shard holds which tensor, tensors in the order of their
/// names.
inline std::string shard_index_text(const shard_layout& layout) {
  std::vector<const tensor_entry*> sorted;
  for (const tensor_entry& entry : layout.stored) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(),
            [](const tensor_entry* a, const tensor_entry* b) { return a->name < b->name; });
  node weight_map = make_mapping(), total = make_mapping(), index = make_mapping();
  weight_map.entries.reserve(sorted.size());
  for (const tensor_entry* entry : sorted) {
    weight_map.entries.push_back(
        {entry->name, {}, make_string(layout.shards[entry->file].file_name)});
  }
  set(total, "total_size", make_integer(static_cast<std::int64_t>(layout.tensor_bytes)));
  set(index, "metadata", std::move(total));
  set(index, "weight_map", std::move(weight_map));
  return write_json(index, 2) + "\n";
}

}  // namespace tensormerge
