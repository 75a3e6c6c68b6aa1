#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tensormerge/dtype/block/block_format.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// A type of tensors in GGUF files: a dtype, or a format of blocks, or one that is only known by
/// name.
struct gguf_tensor_type {
  std::uint32_t number = 0;  // in the file
  std::string_view name;
  std::optional<dtype> plain{};
  std::optional<block_format> packed{};

  bool is_supported() const { return plain || packed; }
};

/// Source: `ggml_type` in https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
inline constexpr std::array<gguf_tensor_type, 33> gguf_tensor_types{{
    {0, "F32", dtype::float32, {}},
    {1, "F16", dtype::float16, {}},
    {2, "Q4_0", {}, block_format::q4_0},
    {3, "Q4_1", {}, block_format::q4_1},
    {6, "Q5_0", {}, block_format::q5_0},
    {7, "Q5_1", {}, block_format::q5_1},
    {8, "Q8_0", {}, block_format::q8_0},
    {9, "Q8_1", {}, {}},
    {10, "Q2_K", {}, {}},
    {11, "Q3_K", {}, {}},
    {12, "Q4_K", {}, block_format::q4_k},
    {13, "Q5_K", {}, {}},
    {14, "Q6_K", {}, block_format::q6_k},
    {15, "Q8_K", {}, {}},
    {16, "IQ2_XXS", {}, {}},
    {17, "IQ2_XS", {}, {}},
    {18, "IQ3_XXS", {}, {}},
    {19, "IQ1_S", {}, {}},
    {20, "IQ4_NL", {}, {}},
    {21, "IQ3_S", {}, {}},
    {22, "IQ2_S", {}, {}},
    {23, "IQ4_XS", {}, {}},
    {24, "I8", dtype::int8, {}},
    {25, "I16", dtype::int16, {}},
    {26, "I32", dtype::int32, {}},
    {27, "I64", dtype::int64, {}},
    {28, "F64", dtype::float64, {}},
    {29, "IQ1_M", {}, {}},
    {30, "BF16", dtype::bfloat16, {}},
    {34, "TQ1_0", {}, {}},
    {35, "TQ2_0", {}, {}},
    {39, "MXFP4", {}, {}},
    {40, "NVFP4", {}, {}},
}};

/// The type of that number in a file, nullptr where unknown.
constexpr const gguf_tensor_type* find_gguf_type(std::uint32_t number) {
  for (const gguf_tensor_type& type : gguf_tensor_types) {
    if (type.number == number) return &type;
  }
  return nullptr;
}

/// The type that holds elements of a dtype, or of a format where one is given; nullptr where GGUF
/// has none.
constexpr const gguf_tensor_type* find_gguf_type(dtype plain, std::optional<block_format> packed) {
  for (const gguf_tensor_type& type : gguf_tensor_types) {
    if (packed ? type.packed == packed : type.plain == plain) return &type;
  }
  return nullptr;
}

/// The names of the types that are read and written, for messages.
inline std::string supported_gguf_types() {
  std::string text;
  for (const gguf_tensor_type& type : gguf_tensor_types) {
    if (!type.is_supported()) continue;
    if (!text.empty()) text += ", ";
    text += type.name;
  }
  return text;
}

}  // namespace tensormerge
