#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/torch/torch_global.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// A value that a pickle makes, small enough to be copied; what it holds lies in a pickle_tree.
struct pickle_value {
  enum class kind : std::uint8_t {
    none,
    boolean,      // number: 0 or 1
    integer,      // number
    big_integer,  // of more than 64 bits; number: where its bytes are
    real,         // its value is of no use here
    text,         // number: where its bytes are
    bytes,        // number: where they are
    tuple,        // number: index into sequences
    list,         // the same
    dict,         // the same: keys and values in turn
    global,       // number: a packed torch_global
    storage,      // number: index into storages
    tensor,       // number: index into tensors
    mark,
  };

  kind what = kind::none;
  std::int64_t number = 0;

  std::size_t index() const { return static_cast<std::size_t>(number); }
};

/// The bytes that tensors share: a file of its own in an archive.
struct torch_storage {
  pickle_value key{};
  dtype type = dtype::uint8;  // of its elements; uint8 where it has none
  std::uint64_t elements = 0;
  std::uint64_t first = 0;  // in the storage of that key, where this is a part of it
};

/// A tensor: how it walks over a storage, in elements.
struct torch_tensor {
  torch_storage storage{};
  dtype type = dtype::float32;
  std::uint64_t first = 0;
  std::vector<std::uint64_t> extents{}, strides{};
};

/// All that one pickle made. Values refer to each other by index, so that cycles do no harm.
struct pickle_tree {
  std::string_view data{};
  pickle_value top{};
  std::size_t end = 0;  // the first byte behind the pickle
  std::vector<std::vector<pickle_value>> sequences{};
  std::vector<torch_storage> storages{};
  std::vector<torch_tensor> tensors{};

  /// The bytes of text, bytes or big_integer.
  std::string_view text_of(const pickle_value& value) const {
    const auto packed = static_cast<std::uint64_t>(value.number);
    return data.substr(static_cast<std::size_t>(packed >> 32),
                       static_cast<std::size_t>(packed & 0xffffffff));
  }
  /// The items of a tuple, list or dict.
  const std::vector<pickle_value>& items_of(const pickle_value& value) const {
    return sequences[value.index()];
  }
  /// What a dict has under a text, nullptr where nothing.
  const pickle_value* find(const pickle_value& dict, std::string_view key) const {
    if (dict.what != pickle_value::kind::dict) return nullptr;
    const std::vector<pickle_value>& items = items_of(dict);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      if (items[i].what == pickle_value::kind::text && text_of(items[i]) == key) {
        return &items[i + 1];
      }
    }
    return nullptr;
  }
};

}  // namespace tensormerge
