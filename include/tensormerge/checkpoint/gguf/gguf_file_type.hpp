#pragma once

#include <cstdint>
#include <optional>

#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// The number that `general.file_type` has where most tensors are of this type; that of mixed or
/// other types where there is no number for it.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, `general.file_type`.
constexpr std::uint32_t gguf_file_type(dtype type, std::optional<block_format> packing) {
  constexpr std::uint32_t unknown = 1024;
  if (packing) {
    switch (*packing) {
      case block_format::q4_0: return 2;
      case block_format::q4_1: return 3;
      case block_format::q8_0: return 7;
      case block_format::q5_0: return 8;
      case block_format::q5_1: return 9;
      case block_format::q4_k: return 15;
      case block_format::q6_k: return 18;
      default: break;
    }
  }
  if (type == dtype::float32) return 0;
  if (type == dtype::float16) return 1;
  return type == dtype::bfloat16 ? 32 : unknown;
}

}  // namespace tensormerge
