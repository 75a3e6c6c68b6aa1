#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/packed_view.hpp>
#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// How MLX quantised the weight of a module.
struct mlx_settings {
  std::uint64_t bits = 0, group = 0;
  friend bool operator==(const mlx_settings&, const mlx_settings&) = default;
};

/// What config.json says of a module's weight under `quantization`; none where it says nothing, or
/// of another mode than affine.
inline std::optional<mlx_settings> mlx_settings_of(const node& config, std::string_view module) {
  const node* all = config.find("quantization");
  if (all == nullptr) return std::nullopt;
  const node* own = all->find(module);
  const node& stated = own != nullptr && own->is_mapping() ? *own : *all;
  const auto number = [&stated, all](std::string_view key) {
    const node* value = stated.find(key);
    if (value == nullptr) value = all->find(key);
    return value == nullptr ? std::nullopt : unsigned_integer(*value);
  };
  const node* mode = stated.find("mode");
  if (mode == nullptr) mode = all->find("mode");
  if (mode != nullptr && mode->text != "affine") return std::nullopt;
  const auto bits = number("bits"), group = number("group_size");
  if (!bits || !group) return std::nullopt;
  return mlx_settings{*bits, *group};
}

/// The name of the module whose weight it is; none for other tensors.
inline std::optional<std::string_view> module_of_weight(std::string_view name) {
  constexpr std::string_view ending = ".weight";
  if (!name.ends_with(ending)) return std::nullopt;
  return name.substr(0, name.size() - ending.size());
}

/// A weight that MLX quantised: its numbers, scales and biases are tensors of their own.
class mlx_view final : public packed_view {
 public:
  struct parts {
    tensor_entry numbers, scales, biases;
  };

  mlx_view(block_format format, parts from, std::shared_ptr<const tensor_reader> reader)
      : packed_view(format), from_(std::move(from)), reader_(std::move(reader)) {}

  void read_blocks(std::uint64_t first, std::span<std::byte> into) const override {
    const std::size_t block = bytes_per_block(format()), scale = mlx_scale_bytes(format());
    const std::size_t numbers = block - 2 * scale, count = into.size() / block;
    std::vector<std::byte> part;
    const auto gather = [&](const tensor_entry& tensor, std::size_t bytes, std::size_t place) {
      part.resize(count * bytes);
      reader_->read(tensor, first * bytes, part);
      for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(into.data() + i * block + place, part.data() + i * bytes, bytes);
      }
    };
    gather(from_.numbers, numbers, 0);
    gather(from_.scales, scale, numbers);
    gather(from_.biases, scale, numbers + scale);
  }

 private:
  parts from_;
  std::shared_ptr<const tensor_reader> reader_;
};

namespace detail {

/// The shape and format of a weight in three parts; none where they do not fit together, or the
/// format is not supported.
inline std::optional<std::pair<shape, block_format>> mlx_weight(const mlx_view::parts& parts,
                                                                const mlx_settings& settings) {
  const shape &words = parts.numbers.dims, &scales = parts.scales.dims;
  const auto format = mlx_format(settings.bits, settings.group, parts.scales.type);
  if (!format || parts.numbers.type != dtype::uint32 || parts.biases.type != parts.scales.type ||
      !(parts.biases.dims == scales) || words.extents.empty() ||
      words.extents.size() != scales.extents.size()) {
    return std::nullopt;
  }
  shape dims = words;
  dims.extents.back() = scales.extents.back() * settings.group;
  const bool fits = words.extents.back() * 32 == dims.extents.back() * settings.bits;
  for (std::size_t axis = 0; axis + 1 < words.extents.size(); ++axis) {
    if (words.extents[axis] != scales.extents[axis]) return std::nullopt;
  }
  if (!fits) return std::nullopt;
  return std::pair(std::move(dims), *format);
}

}  // namespace detail

/// The weights with one tensor, of float32, in place of the three that MLX makes of a quantised
/// one; those in formats that are not supported stay as they are. `config` is config.json.
inline checkpoint with_mlx_weights(checkpoint weights, const node& config) {
  if (config.find("quantization") == nullptr) return weights;
  std::shared_ptr<const tensor_reader> reader;
  std::vector<tensor_entry> made;
  std::unordered_set<std::string> parts_of_others;
  for (const tensor_entry& numbers : weights.tensors()) {
    const auto module = module_of_weight(numbers.name);
    const auto settings = module ? mlx_settings_of(config, *module) : std::nullopt;
    if (!settings) continue;
    const tensor_entry* scales = weights.find(std::string(*module) + ".scales");
    const tensor_entry* biases = weights.find(std::string(*module) + ".biases");
    if (scales == nullptr || biases == nullptr) continue;
    mlx_view::parts parts{numbers, *scales, *biases};
    const auto weight = detail::mlx_weight(parts, *settings);
    if (!weight) continue;
    if (reader == nullptr) reader = std::make_shared<const tensor_reader>(weights);
    tensor_entry entry = numbers;
    entry.type = dtype::float32;
    entry.dims = weight->first;
    entry.bytes = entry.dims.elements() * sizeof(float);
    entry.narrow_type = scales->type;
    entry.packing = weight->second;
    entry.view = std::make_shared<const mlx_view>(weight->second, std::move(parts), reader);
    made.push_back(std::move(entry));
    parts_of_others.insert(scales->name);
    parts_of_others.insert(biases->name);
    parts_of_others.insert(numbers.name);
  }
  if (made.empty()) return weights;
  for (const tensor_entry& tensor : weights.tensors()) {
    if (!parts_of_others.contains(tensor.name)) made.push_back(tensor);
  }
  return checkpoint(weights.files(), std::move(made));
}

}  // namespace tensormerge
