#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tensormerge/dtype/block/mlx_block.hpp>
#include <tensormerge/dtype/block/q4_0.hpp>
#include <tensormerge/dtype/block/q4_1.hpp>
#include <tensormerge/dtype/block/q4_k.hpp>
#include <tensormerge/dtype/block/q5_0.hpp>
#include <tensormerge/dtype/block/q5_1.hpp>
#include <tensormerge/dtype/block/q6_k.hpp>
#include <tensormerge/dtype/block/q8_0.hpp>
#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {

/// A storage format that holds `elements` floats in `bytes` bytes together; decode and encode take
/// whole blocks, allocate nothing and throw nothing.
template <class Block>
concept block_codec = requires(std::span<const std::byte> packed, std::span<float> floats,
                               std::span<const float> values, std::span<std::byte> bytes) {
  { Block::name } -> std::convertible_to<std::string_view>;
  { Block::elements } -> std::convertible_to<std::size_t>;
  { Block::bytes } -> std::convertible_to<std::size_t>;
  Block::decode(packed, floats);
  Block::encode(values, bytes);
};

/// The formats that are read, merged and written in blocks: those of GGUF, and from `mlx` on those
/// of MLX (see mlx_format).
/// Source: the GGUF specification (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
enum class block_format : std::uint8_t { q4_0, q4_1, q5_0, q5_1, q8_0, q4_k, q6_k, mlx };

inline constexpr std::array<block_format, 7> gguf_block_formats{
    block_format::q4_0, block_format::q4_1, block_format::q5_0, block_format::q5_1,
    block_format::q8_0, block_format::q4_k, block_format::q6_k};

constexpr bool is_mlx(block_format format) { return format >= block_format::mlx; }

/// MLX's affine quantisation in 4 or 8 bits for groups of 32, 64 or 128 elements, with scales and
/// biases of float16, bfloat16 or float32; none for others.
constexpr std::optional<block_format> mlx_format(std::uint64_t bits, std::uint64_t group,
                                                 dtype scale) {
  const bool is_known = (bits == 4 || bits == 8) && (group == 32 || group == 64 || group == 128);
  if (!is_known) return std::nullopt;
  unsigned number = 0;
  switch (scale) {
    case dtype::float16: break;
    case dtype::bfloat16: number = 1; break;
    case dtype::float32: number = 2; break;
    default: return std::nullopt;
  }
  number += 3 * (group == 32 ? 0u : group == 64 ? 1u : 2u) + 9 * (bits == 4 ? 0u : 1u);
  return static_cast<block_format>(static_cast<unsigned>(block_format::mlx) + number);
}

/// The type of scales and biases of a format of MLX, and its bytes.
constexpr dtype mlx_scale_type(block_format format) {
  constexpr std::array<dtype, 3> types{dtype::float16, dtype::bfloat16, dtype::float32};
  return types[(static_cast<unsigned>(format) - static_cast<unsigned>(block_format::mlx)) % 3];
}
constexpr std::size_t mlx_scale_bytes(block_format format) {
  return bytes_per_element(mlx_scale_type(format));
}

namespace detail {

template <unsigned Bits, std::size_t Group, class Visitor>
constexpr decltype(auto) with_mlx_scale(unsigned number, Visitor&& visitor) {
  switch (number % 3) {
    case 0:
      return std::forward<Visitor>(visitor)(std::type_identity<mlx_block<Bits, Group, float16>>{});
    case 1:
      return std::forward<Visitor>(visitor)(std::type_identity<mlx_block<Bits, Group, bfloat16>>{});
    default:
      return std::forward<Visitor>(visitor)(std::type_identity<mlx_block<Bits, Group, float>>{});
  }
}

template <unsigned Bits, class Visitor>
constexpr decltype(auto) with_mlx_group(unsigned number, Visitor&& visitor) {
  switch (number / 3 % 3) {
    case 0: return with_mlx_scale<Bits, 32>(number, std::forward<Visitor>(visitor));
    case 1: return with_mlx_scale<Bits, 64>(number, std::forward<Visitor>(visitor));
    default: return with_mlx_scale<Bits, 128>(number, std::forward<Visitor>(visitor));
  }
}

}  // namespace detail

/// Calls `visitor(std::type_identity<Block>{})` with the codec of a format.
template <class Visitor>
constexpr decltype(auto) with_block_codec(block_format format, Visitor&& visitor) {
  switch (format) {
    case block_format::q4_0:
      return std::forward<Visitor>(visitor)(std::type_identity<q4_0_block>{});
    case block_format::q4_1:
      return std::forward<Visitor>(visitor)(std::type_identity<q4_1_block>{});
    case block_format::q5_0:
      return std::forward<Visitor>(visitor)(std::type_identity<q5_0_block>{});
    case block_format::q5_1:
      return std::forward<Visitor>(visitor)(std::type_identity<q5_1_block>{});
    case block_format::q8_0:
      return std::forward<Visitor>(visitor)(std::type_identity<q8_0_block>{});
    case block_format::q4_k:
      return std::forward<Visitor>(visitor)(std::type_identity<q4_k_block>{});
    case block_format::q6_k:
      return std::forward<Visitor>(visitor)(std::type_identity<q6_k_block>{});
    default: break;
  }
  const unsigned number = static_cast<unsigned>(format) - static_cast<unsigned>(block_format::mlx);
  return number < 9 ? detail::with_mlx_group<4>(number, std::forward<Visitor>(visitor))
                    : detail::with_mlx_group<8>(number, std::forward<Visitor>(visitor));
}

/// The name that GGUF's tools give the format, `Q4_K`; of MLX's, the number of bits.
constexpr std::string_view to_string(block_format format) {
  return with_block_codec(format, [](auto block) { return decltype(block)::type::name; });
}
/// How many elements a block has; rows have a multiple of it.
constexpr std::size_t elements_per_block(block_format format) {
  return with_block_codec(format, [](auto block) { return decltype(block)::type::elements; });
}
constexpr std::size_t bytes_per_block(block_format format) {
  return with_block_codec(format, [](auto block) { return decltype(block)::type::bytes; });
}
/// The bytes of a multiple of elements_per_block.
constexpr std::uint64_t packed_bytes(block_format format, std::uint64_t elements) {
  return elements / elements_per_block(format) * bytes_per_block(format);
}

/// The format of GGUF of that name, none where unknown.
constexpr std::optional<block_format> block_format_named(std::string_view name) {
  for (const block_format format : gguf_block_formats) {
    if (to_string(format) == name) return format;
  }
  return std::nullopt;
}

/// Decodes whole blocks: `into` has elements_per_block for each bytes_per_block of `from`.
inline void decode_blocks(block_format format, std::span<const std::byte> from,
                          std::span<float> into) {
  with_block_codec(format, [&](auto block) { decltype(block)::type::decode(from, into); });
}

/// The reverse.
inline void encode_blocks(block_format format, std::span<const float> from,
                          std::span<std::byte> into) {
  with_block_codec(format, [&](auto block) { decltype(block)::type::encode(from, into); });
}

}  // namespace tensormerge
