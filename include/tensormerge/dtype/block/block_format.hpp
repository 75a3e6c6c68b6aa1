#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <tensormerge/dtype/block/q4_0.hpp>
#include <tensormerge/dtype/block/q4_1.hpp>
#include <tensormerge/dtype/block/q4_k.hpp>
#include <tensormerge/dtype/block/q5_0.hpp>
#include <tensormerge/dtype/block/q5_1.hpp>
#include <tensormerge/dtype/block/q6_k.hpp>
#include <tensormerge/dtype/block/q8_0.hpp>

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

/// The formats of GGUF that are read, merged and written in blocks.
/// Source: the GGUF specification (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
enum class block_format : std::uint8_t { q4_0, q4_1, q5_0, q5_1, q8_0, q4_k, q6_k };

inline constexpr std::array<block_format, 7> all_block_formats{
    block_format::q4_0, block_format::q4_1, block_format::q5_0, block_format::q5_1,
    block_format::q8_0, block_format::q4_k, block_format::q6_k};

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
  }
  std::abort();  // no value of the enumeration
}

/// The name that GGUF's tools give the format: `Q4_K`.
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

/// The format of that name, none where unknown.
constexpr std::optional<block_format> block_format_named(std::string_view name) {
  for (const block_format format : all_block_formats) {
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
