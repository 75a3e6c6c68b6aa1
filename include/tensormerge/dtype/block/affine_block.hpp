#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>
#include <tensormerge/dtype/block/nibbles.hpp>

namespace tensormerge {

/// 32 elements in numbers q of 4 or 5 bits, a float16 scale d and a float16 minimum m:
/// x = d * q + m.
/// Source: the block types Q4_1 and Q5_1 of ggml (https://github.com/ggml-org/ggml).
template <unsigned Bits>
struct affine_block {
  static constexpr std::string_view name = Bits == 4 ? "Q4_1" : "Q5_1";
  static constexpr std::size_t elements = 32;
  static constexpr std::size_t bytes = 4 + detail::nibbles<Bits>::bytes;

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float scale = detail::load_float16(source), least = detail::load_float16(source + 2);
      std::uint8_t numbers[elements];
      detail::nibbles<Bits>::unpack(source + 4, numbers);
      float* values = into.data() + block * elements;
      for (std::size_t i = 0; i < elements; ++i) {
        values[i] = scale * static_cast<float>(numbers[i]) + least;
      }
    }
  }

  /// The reverse; a block with NaN or infinity becomes one of NaN.
  static void encode(std::span<const float> from, std::span<std::byte> into) {
    for (std::size_t block = 0; block < from.size() / elements; ++block) {
      const float* values = from.data() + block * elements;
      std::byte* target = into.data() + block * bytes;
      float least = values[0], most = values[0];
      for (std::size_t i = 1; i < elements; ++i) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
      }
      const bool is_finite = detail::are_finite(values, elements);
      const float scale = is_finite ? (most - least) / static_cast<float>(largest)
                                    : std::numeric_limits<float>::quiet_NaN();
      const bool is_narrow = is_finite && detail::is_finite(scale);
      const float inverse = is_narrow ? detail::inverse_or_zero(scale) : 0;
      std::uint8_t numbers[elements];
      for (std::size_t i = 0; i < elements; ++i) {
        const float above = is_narrow ? values[i] - least : 0;
        numbers[i] = detail::truncate(above * inverse + 0.5f, largest);
      }
      detail::store_float16(scale, target);
      detail::store_float16(least, target + 2);
      detail::nibbles<Bits>::pack(numbers, target + 4);
    }
  }

 private:
  static constexpr unsigned largest = (1u << Bits) - 1;
};

}  // namespace tensormerge
