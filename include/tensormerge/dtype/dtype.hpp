#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tensormerge {

/// The element types a safetensors file can name.
/// Source: https://github.com/huggingface/safetensors (the `Dtype` list of the format).
enum class dtype : std::uint8_t {
  boolean,
  uint8,
  int8,
  float8_e5m2,
  float8_e4m3,
  int16,
  uint16,
  float16,
  bfloat16,
  int32,
  uint32,
  float32,
  float64,
  int64,
  uint64,
};

struct dtype_facts {
  dtype type;
  std::string_view name;              // as a configuration and torch spell it
  std::string_view safetensors_name;  // as a safetensors header spells it
  std::size_t bytes;
  bool is_float;
};

inline constexpr std::array<dtype_facts, 15> all_dtypes{{
    {dtype::boolean, "bool", "BOOL", 1, false},
    {dtype::uint8, "uint8", "U8", 1, false},
    {dtype::int8, "int8", "I8", 1, false},
    {dtype::float8_e5m2, "float8_e5m2", "F8_E5M2", 1, true},
    {dtype::float8_e4m3, "float8_e4m3fn", "F8_E4M3", 1, true},
    {dtype::int16, "int16", "I16", 2, false},
    {dtype::uint16, "uint16", "U16", 2, false},
    {dtype::float16, "float16", "F16", 2, true},
    {dtype::bfloat16, "bfloat16", "BF16", 2, true},
    {dtype::int32, "int32", "I32", 4, false},
    {dtype::uint32, "uint32", "U32", 4, false},
    {dtype::float32, "float32", "F32", 4, true},
    {dtype::float64, "float64", "F64", 8, true},
    {dtype::int64, "int64", "I64", 8, false},
    {dtype::uint64, "uint64", "U64", 8, false},
}};

constexpr const dtype_facts& facts(dtype type) {
  return all_dtypes[static_cast<std::size_t>(type)];
}
constexpr std::string_view to_string(dtype type) { return facts(type).name; }
constexpr std::size_t bytes_per_element(dtype type) { return facts(type).bytes; }
constexpr bool is_float(dtype type) { return facts(type).is_float; }

/// The dtype of that name in a configuration (`bfloat16`), none where unknown.
constexpr std::optional<dtype> dtype_named(std::string_view name) {
  for (const dtype_facts& f : all_dtypes) {
    if (f.name == name) return f.type;
  }
  return std::nullopt;
}

/// The dtype of that name in a safetensors header (`BF16`), none where unknown.
constexpr std::optional<dtype> dtype_from_safetensors(std::string_view name) {
  for (const dtype_facts& f : all_dtypes) {
    if (f.safetensors_name == name) return f.type;
  }
  return std::nullopt;
}

/// The dtype that holds values of both, as torch promotes: float16 with bfloat16 gives float32,
/// a float wins over integers, else the wider one.
constexpr dtype promote(dtype a, dtype b) {
  if (a == b) return a;
  if (is_float(a) != is_float(b)) return is_float(a) ? a : b;
  const std::size_t bytes_a = bytes_per_element(a), bytes_b = bytes_per_element(b);
  if (bytes_a != bytes_b) return bytes_a > bytes_b ? a : b;
  if (!is_float(a)) return a > b ? a : b;
  return bytes_a == 1 ? dtype::float16 : dtype::float32;
}

}  // namespace tensormerge
