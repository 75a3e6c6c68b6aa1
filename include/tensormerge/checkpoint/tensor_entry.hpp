#pragma once

#include <cstdint>
#include <string>

#include <tensormerge/dtype/dtype.hpp>
#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {

/// A named tensor and the bytes where its elements lie, row-major and little-endian.
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

  friend bool operator==(const tensor_entry&, const tensor_entry&) = default;
};

}  // namespace tensormerge
