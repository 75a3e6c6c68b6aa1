#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>
#include <tensormerge/dtype/block/fit_scale.hpp>

namespace tensormerge {

/// GGUF's Q6_K: 256 elements in 16 groups of 16, with numbers q of 6 bits, a signed byte s for each
/// group and a float16 scale d of those: x = d * s * (q - 32).
/// Bytes: 128 with the low 4 bits of q, 64 with the high 2, 16 with s, and d. Each half of the
/// elements has half of the bytes; of it element 32 * k + i has its low bits in byte
/// i + 32 * (k % 2), above those of another from k = 2 on, and its high bits in byte i, from bit
/// 2 * k on.
/// Source: the block type of that name of ggml (https://github.com/ggml-org/ggml). Encoding is a
/// search of our own for the least squared error.
struct q6_k_block {
  static constexpr std::string_view name = "Q6_K";
  static constexpr std::size_t elements = 256;
  static constexpr std::size_t bytes = 210;

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float d = detail::load_float16(source + scale_at);
      for (std::size_t run = 0; run < runs; ++run) {
        const run_place at = place_of(run);
        float* values = into.data() + block * elements + run * 32;
        for (std::size_t i = 0; i < 32; ++i) {
          const auto byte = static_cast<std::int8_t>(source[groups_at + 2 * run + i / 16]);
          const float scale = d * static_cast<float>(byte);
          const unsigned low = std::to_integer<unsigned>(source[at.low + i]) >> at.low_shift & 15u;
          const unsigned high =
              std::to_integer<unsigned>(source[at.high + i]) >> at.high_shift & 3u;
          values[i] = scale * static_cast<float>(static_cast<int>(low | high << 4) - 32);
        }
      }
    }
  }

  /// The reverse, with small errors; a block with NaN or infinity becomes one of NaN.
  static void encode(std::span<const float> from, std::span<std::byte> into) {
    for (std::size_t block = 0; block < from.size() / elements; ++block) {
      encode_block(from.data() + block * elements, into.data() + block * bytes);
    }
  }

 private:
  static constexpr std::size_t groups = 16, group_elements = 16, runs = 8;
  static constexpr std::size_t high_at = 128, groups_at = 192, scale_at = 208;

  /// Where the numbers of 32 elements that follow each other lie.
  struct run_place {
    std::size_t low = 0, high = 0;
    unsigned low_shift = 0, high_shift = 0;
  };
  static run_place place_of(std::size_t run) {
    const std::size_t half = run / 4, k = run % 4;
    return {.low = half * 64 + k % 2 * 32,
            .high = high_at + half * 32,
            .low_shift = k < 2 ? 0u : 4u,
            .high_shift = static_cast<unsigned>(2 * k)};
  }

  static void encode_block(const float* x, std::byte* into) {
    std::fill(into, into + bytes, std::byte{});
    if (!detail::are_finite(x, elements)) {
      detail::store_float16(std::numeric_limits<float>::quiet_NaN(), into + scale_at);
      return;
    }
    float scales[groups];
    float largest = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      scales[group] = detail::fit_scale<group_elements>(x + group * group_elements, -32, 31);
      if (std::abs(scales[group]) > std::abs(largest)) largest = scales[group];
    }
    detail::store_float16(largest / -128, into + scale_at);
    const float d = detail::load_float16(into + scale_at);
    const float inverse_d = detail::inverse_or_zero(d);
    for (std::size_t group = 0; group < groups; ++group) {
      const float place = scales[group] * inverse_d;
      const int around =
          detail::is_finite(place) ? detail::nearest(std::clamp(place, -128.0f, 127.0f)) : 0;
      std::uint8_t numbers[group_elements]{};
      int best_scale = 0;
      float best_error = std::numeric_limits<float>::infinity();
      for (int s = std::max(around - 1, -128); s <= std::min(around + 1, 127); ++s) {
        std::uint8_t tried[group_elements];
        const float error =
            number_group(x + group * group_elements, d * static_cast<float>(s), tried);
        if (!(error < best_error)) continue;
        best_error = error;
        best_scale = s;
        std::copy(tried, tried + group_elements, numbers);
      }
      into[groups_at + group] = static_cast<std::byte>(best_scale);
      const run_place at = place_of(group / 2);
      for (std::size_t i = 0; i < group_elements; ++i) {
        const std::size_t byte = group % 2 * group_elements + i;
        into[at.low + byte] |= static_cast<std::byte>((numbers[i] & 15u) << at.low_shift);
        into[at.high + byte] |=
            static_cast<std::byte>(static_cast<unsigned>(numbers[i] >> 4) << at.high_shift);
      }
    }
  }

  /// The nearest numbers for a scale; returns the sum of squared errors.
  static float number_group(const float* x, float scale, std::uint8_t* into) {
    const float inverse = detail::inverse_or_zero(scale);
    float error = 0;
    for (std::size_t i = 0; i < group_elements; ++i) {
      const float place = std::clamp(x[i] * inverse + 32.5f, 0.0f, 63.5f);
      into[i] = static_cast<std::uint8_t>(place);
      const float difference = x[i] - scale * static_cast<float>(static_cast<int>(into[i]) - 32);
      error += difference * difference;
    }
    return error;
  }
};

}  // namespace tensormerge
