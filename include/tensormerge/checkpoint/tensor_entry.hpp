#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <tensormerge/checkpoint/tensor_view.hpp>
#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// A named tensor and the bytes where its elements lie, row-major and little-endian; or the view
/// that makes them.
struct tensor_entry {
  std::string name{};
  dtype type = dtype::float32;
  shape dims{};
  /// Index into the files of the checkpoint.
  std::uint32_t file = 0;
  /// First byte of the elements, counted from the start of the file.
  std::uint64_t offset = 0;
  /// Number of elements times the bytes of one.
  std::uint64_t bytes = 0;
  /// Read instead of the file where it is set; `file` is then only for messages.
  std::shared_ptr<const tensor_view> view{};
  /// The type that the model has the tensor in, where a view gives a wider one.
  std::optional<dtype> narrow_type{};
  /// The format in which the model has the tensor, where a view decodes it; `type` is float32 then.
  std::optional<block_format> packing{};

  /// The type that an output of this tensor has if nothing else is asked for.
  dtype nominal_type() const { return narrow_type.value_or(type); }

  friend bool operator==(const tensor_entry&, const tensor_entry&) = default;
};

/// An entry that nobody changes any more, for all who need it.
using shared_entry = std::shared_ptr<const tensor_entry>;

inline shared_entry share(tensor_entry entry) {
  return std::make_shared<const tensor_entry>(std::move(entry));
}

}  // namespace tensormerge
