#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/checkpoint/torch/pickle_value.hpp>
#include <tensormerge/checkpoint/torch/torch_global.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge::detail {

inline pickle_value pack(torch_global global) {
  return {pickle_value::kind::global, static_cast<std::int64_t>(global.what) << 8 |
                                          static_cast<std::int64_t>(global.type)};
}
inline torch_global unpack(const pickle_value& value) {
  return {static_cast<torch_global::kind>(value.number >> 8),
          static_cast<dtype>(value.number & 0xff)};
}

/// Turns what a pickle gives to torch's rebuilding functions into descriptions of tensors and
/// storages. The arguments are those of torch/_utils.py and torch/serialization.py.
class tensor_rebuilder {
 public:
  tensor_rebuilder(pickle_tree& tree, const std::string& file_name)
      : tree_(tree), file_name_(file_name) {}

  pickle_value rebuild(const torch_global& global, const std::vector<pickle_value>& arguments) {
    switch (global.what) {
      case torch_global::kind::rebuild_tensor: return tensor(arguments, 4);
      case torch_global::kind::rebuild_tensor_v2: return tensor(arguments, 6);
      case torch_global::kind::rebuild_tensor_v3: return tensor(arguments, 7);
      case torch_global::kind::rebuild_parameter:
        if (arguments.size() < 3 || arguments[0].what != kind::tensor) refuse("a parameter");
        return arguments[0];
      default: refuse("a call of torch's");
    }
  }

  /// What a persistent id stands for: ("storage", type, key, location, elements[, part]).
  pickle_value storage(const pickle_value& id) {
    if (id.what != kind::tuple) refuse("a storage");
    const std::vector<pickle_value>& parts = tree_.items_of(id);
    const bool is_storage = parts.size() >= 5 && parts[0].what == kind::text &&
                            tree_.text_of(parts[0]) == "storage" &&
                            parts[1].what == kind::global &&
                            unpack(parts[1]).what == torch_global::kind::storage &&
                            parts[2].what == kind::text;
    if (!is_storage) refuse("a storage");
    torch_storage made{.key = parts[2], .type = unpack(parts[1]).type, .elements = size(parts[4])};
    if (parts.size() > 5 && parts[5].what == kind::tuple) {  // (key, offset, elements) of a part
      const std::vector<pickle_value>& part = tree_.items_of(parts[5]);
      if (part.size() != 3) refuse("a part of a storage");
      made.first = size(part[1]);
      made.elements = size(part[2]);
    }
    tree_.storages.push_back(made);
    return {kind::storage, static_cast<std::int64_t>(tree_.storages.size() - 1)};
  }

 private:
  using kind = pickle_value::kind;
  static constexpr std::size_t most_axes = 64;

  [[noreturn]] void refuse(std::string what) const {
    throw failure(diagnostic{.file = file_name_,
                             .what = "the pickle describes " + std::move(what) +
                                     " in a way that torch does not"});
  }

  std::uint64_t size(const pickle_value& value) const {
    if (value.what != kind::integer || value.number < 0) refuse("a size");
    return static_cast<std::uint64_t>(value.number);
  }

  std::vector<std::uint64_t> sizes(const pickle_value& value) const {
    if (value.what != kind::tuple && value.what != kind::list) refuse("a shape");
    std::vector<std::uint64_t> list;
    if (tree_.items_of(value).size() > most_axes) refuse("a shape");
    for (const pickle_value& item : tree_.items_of(value)) list.push_back(size(item));
    return list;
  }

  /// (storage, first, extents, strides, ..., dtype as the seventh argument of the third version)
  pickle_value tensor(const std::vector<pickle_value>& arguments, std::size_t least) {
    if (arguments.size() < least || arguments[0].what != kind::storage) refuse("a tensor");
    torch_tensor made{.storage = tree_.storages[arguments[0].index()],
                      .first = size(arguments[1]),
                      .extents = sizes(arguments[2]),
                      .strides = sizes(arguments[3])};
    made.type = made.storage.type;
    if (least == 7) {
      const bool is_dtype = arguments[6].what == kind::global &&
                            unpack(arguments[6]).what == torch_global::kind::dtype;
      if (!is_dtype) refuse("a dtype");
      made.type = unpack(arguments[6]).type;
    }
    if (made.extents.size() != made.strides.size()) refuse("a tensor's strides");
    tree_.tensors.push_back(std::move(made));
    return {kind::tensor, static_cast<std::int64_t>(tree_.tensors.size() - 1)};
  }

  pickle_tree& tree_;
  const std::string& file_name_;
};

}  // namespace tensormerge::detail
