#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>

namespace tensormerge {

/// GGUF's Q8_0: 32 elements in signed bytes q and a float16 scale d: x = d * q, |q| <= 127.
/// Source: the block type of that name of ggml (https://github.com/ggml-org/ggml).
struct q8_0_block {
  static constexpr std::string_view name = "Q8_0";
  static constexpr std::size_t elements = 32;
  static constexpr std::size_t bytes = 34;

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float scale = detail::load_float16(source);
      float* values = into.data() + block * elements;
      for (std::size_t i = 0; i < elements; ++i) {
        values[i] = scale * static_cast<float>(static_cast<std::int8_t>(source[2 + i]));
      }
    }
  }

  /// The reverse; a block with NaN or infinity becomes one of NaN.
  static void encode(std::span<const float> from, std::span<std::byte> into) {
    for (std::size_t block = 0; block < from.size() / elements; ++block) {
      const float* values = from.data() + block * elements;
      std::byte* target = into.data() + block * bytes;
      float largest = 0;
      for (std::size_t i = 0; i < elements; ++i) {
        const float magnitude = std::abs(values[i]);
        largest = magnitude > largest ? magnitude : largest;
      }
      const bool is_finite = detail::are_finite(values, elements);
      const float scale = is_finite ? largest / 127 : std::numeric_limits<float>::quiet_NaN();
      const float inverse = is_finite ? detail::inverse_or_zero(scale) : 0;
      detail::store_float16(scale, target);
      for (std::size_t i = 0; i < elements; ++i) {
        const float value = is_finite ? values[i] * inverse : 0;
        const float magnitude = std::abs(value);
        const int whole = static_cast<int>(magnitude);
        // Halves go away from zero.
        const int rounded = whole + (magnitude - static_cast<float>(whole) >= 0.5f ? 1 : 0);
        target[2 + i] = static_cast<std::byte>(value < 0 ? -rounded : rounded);
      }
    }
  }
};

}  // namespace tensormerge
