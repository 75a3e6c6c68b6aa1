#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tensormerge/checkpoint/tensor_entry.hpp>
#include <tensormerge/checkpoint/torch/torch_global.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

namespace detail {

/// Writes the instructions of a pickle of protocol 2.
class pickler {
 public:
  std::string text;

  void raw(std::string_view bytes) { text += bytes; }
  void number(std::uint64_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value & 0xff);
  }
  /// Below 2^63.
  void integer(std::uint64_t value) {
    if (value < 0x100) raw("K"), number(value, 1);
    else if (value < 0x10000) raw("M"), number(value, 2);
    else if (value < 0x80000000) raw("J"), number(value, 4);
    else raw("\x8a\x08"), number(value, 8);
  }
  void string(std::string_view value) { raw("X"), number(value.size(), 4), raw(value); }
  void global(std::string_view module, std::string_view name) {
    raw("c"), raw(module), raw("\n"), raw(name), raw("\n");
  }
  void tuple(const std::vector<std::uint64_t>& values) {
    raw("(");
    for (const std::uint64_t value : values) integer(value);
    raw("t");
  }
};

/// Steps in elements from one item of each axis to the next, row by row.
inline std::vector<std::uint64_t> row_major_strides(const shape& dims) {
  std::vector<std::uint64_t> strides(dims.extents.size());
  std::uint64_t step = 1;
  for (std::size_t axis = strides.size(); axis-- > 0;) {
    strides[axis] = step;
    step *= std::max<std::uint64_t>(dims.extents[axis], 1);
  }
  return strides;
}

/// A call of the function with which torch rebuilds a tensor of the whole storage of that key.
inline void pickle_tensor(pickler& into, const tensor_entry& tensor, std::string_view key) {
  const auto storage = torch_storage_of(tensor.type);
  into.global("torch._utils", storage ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
  into.raw("((");
  into.string("storage");
  // Types that came after the typed storages are told by the last argument, of plain bytes.
  if (storage) into.global("torch", *storage);
  else into.global("torch.storage", "UntypedStorage");
  into.string(key);
  into.string("cpu");
  into.integer(storage ? tensor.dims.elements() : tensor.bytes);
  into.raw("tQ");
  into.integer(0);
  into.tuple(tensor.dims.extents);
  into.tuple(row_major_strides(tensor.dims));
  into.raw("\x89");  // no gradient, and no hooks:
  into.global("collections", "OrderedDict");
  into.raw(")R");
  if (!storage) into.global("torch", to_string(tensor.type));
  into.raw("tR");
}

}  // namespace detail

/// The pickle of a dict from names to tensors, each with a storage of its own: the key of the first
/// is 0, of the second 1. It asks for nothing that `torch.load(weights_only=True)` refuses.
/// Source: torch/_utils.py and torch/serialization.py.
inline std::string pickle_state_dict(const std::vector<const tensor_entry*>& tensors) {
  detail::pickler pickle;
  pickle.raw("\x80\x02}(");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    pickle.string(tensors[i]->name);
    detail::pickle_tensor(pickle, *tensors[i], std::to_string(i));
  }
  pickle.raw("u.");
  return std::move(pickle.text);
}

}  // namespace tensormerge
