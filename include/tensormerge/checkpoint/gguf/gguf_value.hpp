#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tensormerge {

/// What a metadata value of a GGUF file is.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, `gguf_metadata_value_type`.
enum class gguf_kind : std::uint8_t {
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  float32,
  boolean,
  text,
  list,
  uint64,
  int64,
  float64,
};

inline constexpr std::uint32_t gguf_kinds = 13;

/// The bytes of a value of a kind; 0 for texts and lists, whose lengths vary.
constexpr std::size_t bytes_of(gguf_kind kind) {
  constexpr std::array<std::size_t, gguf_kinds> sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  return sizes[static_cast<std::size_t>(kind)];
}

/// A metadata value as it lies in a file: little-endian; of a text the characters alone; of a list
/// its values one after the other, each text with its length in 8 bytes before.
struct gguf_value {
  gguf_kind kind = gguf_kind::uint32;
  gguf_kind item_kind = gguf_kind::uint32;  // of a list
  std::uint64_t items = 0;                  // of a list
  std::string bytes{};

  friend bool operator==(const gguf_value&, const gguf_value&) = default;
};

namespace detail {

/// Appends the lowest `bytes` bytes of a number, lowest first.
inline void append_little_endian(std::string& into, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) into += static_cast<char>(number >> (8 * i) & 0xff);
}

}  // namespace detail

}  // namespace tensormerge
