#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {

/// Texts that go into a header's `__metadata__`.
using safetensors_metadata = std::vector<std::pair<std::string, std::string>>;

/// What a safetensors file holds before its elements: the header's length in 8 bytes,
/// little-endian, and its JSON text, padded with spaces so that the elements begin at a multiple
/// of 8. `tensors` have unique names; their offsets count from the first element byte.
inline std::string safetensors_prefix(std::vector<const tensor_entry*> tensors,
                                      const safetensors_metadata& metadata) {
  std::sort(tensors.begin(), tensors.end(),
            [](const tensor_entry* a, const tensor_entry* b) { return a->name < b->name; });
  const auto quoted = [](const std::string& text) { return write_json(make_string(text)); };
  std::string json = "{";
  const auto next = [&json] {
    if (json.back() != '{') json += ',';
  };
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata) {
      next();
      json += quoted(key) + ':' + quoted(value);
    }
    json += '}';
  }
  for (const tensor_entry* tensor : tensors) {
    next();
    json += quoted(tensor->name) + ":{\"dtype\":\"";
    json += facts(tensor->type).safetensors_name;
    json += "\",\"shape\":[";
    for (std::size_t axis = 0; axis < tensor->dims.extents.size(); ++axis) {
      if (axis > 0) json += ',';
      json += std::to_string(tensor->dims.extents[axis]);
    }
    json += "],\"data_offsets\":[" + std::to_string(tensor->offset) + ',' +
            std::to_string(tensor->offset + tensor->bytes) + "]}";
  }
  json += '}';
  constexpr std::size_t alignment = 8;
  json.append((alignment - json.size() % alignment) % alignment, ' ');
  std::string prefix;
  for (std::uint64_t rest = json.size(), byte = 0; byte < alignment; ++byte, rest >>= 8) {
    prefix += static_cast<char>(rest & 0xff);
  }
  return prefix + json;
}

}  // namespace tensormerge
