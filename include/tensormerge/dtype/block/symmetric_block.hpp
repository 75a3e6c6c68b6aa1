#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>
#include <tensormerge/dtype/block/nibbles.hpp>

namespace tensormerge {

/// 32 elements in numbers q of 4 or 5 bits and a float16 scale d: x = d * (q - 2^(Bits - 1)). The
/// scale is such that the element of the largest magnitude has q = 0.
/// Source: the block types Q4_0 and Q5_0 of ggml (https://github.com/ggml-org/ggml).
template <unsigned Bits>
struct symmetric_block {
  static constexpr std::string_view name = Bits == 4 ? "Q4_0" : "Q5_0";
  static constexpr std::size_t elements = 32;
  static constexpr std::size_t bytes = 2 + detail::nibbles<Bits>::bytes;

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float scale = detail::load_float16(source);
      std::uint8_t numbers[elements];
      detail::nibbles<Bits>::unpack(source + 2, numbers);
      float* values = into.data() + block * elements;
      for (std::size_t i = 0; i < elements; ++i) {
        values[i] = scale * static_cast<float>(static_cast<int>(numbers[i]) - middle);
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
        if (std::abs(values[i]) > std::abs(largest)) largest = values[i];
      }
      const bool is_finite = detail::are_finite(values, elements);
      const float scale = is_finite ? largest / static_cast<float>(-middle)
                                    : std::numeric_limits<float>::quiet_NaN();
      const float inverse = is_finite ? detail::inverse_or_zero(scale) : 0;
      std::uint8_t numbers[elements];
      for (std::size_t i = 0; i < elements; ++i) {
        const float value = is_finite ? values[i] : 0;
        numbers[i] = detail::truncate(value * inverse + (static_cast<float>(middle) + 0.5f),
                                      2 * middle - 1);
      }
      detail::store_float16(scale, target);
      detail::nibbles<Bits>::pack(numbers, target + 2);
    }
  }

 private:
  static constexpr int middle = 1 << (Bits - 1);
};

}  // namespace tensormerge
