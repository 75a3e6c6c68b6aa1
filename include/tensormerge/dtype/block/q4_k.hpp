#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>
#include <tensormerge/dtype/block/fit_scale.hpp>

namespace tensormerge {

/// GGUF's Q4_K: 256 elements in 8 groups of 32, with numbers q of 4 bits, a scale s and a minimum m
/// of 6 bits for each group, and float16 scales d and e of those: x = d * s * q - e * m.
/// Bytes: d, e, 12 with s and m (the low 6 bits of the first 8 are s, then m, of groups 0 to 3;
/// groups 4 to 7 have their low 4 bits in the last 4 and the high 2 on top of the first 8), then
/// for each pair of groups 32 with q of the first in the low and of the second in the high bits.
/// Source: the block type of that name of ggml (https://github.com/ggml-org/ggml). Encoding is a
/// search of our own for the least squared error.
struct q4_k_block {
  static constexpr std::string_view name = "Q4_K";
  static constexpr std::size_t elements = 256;
  static constexpr std::size_t bytes = 144;

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float d = detail::load_float16(source), e = detail::load_float16(source + 2);
      group_numbers factors;
      factors.unpack(source + 4);
      for (std::size_t group = 0; group < groups; ++group) {
        const float scale = d * static_cast<float>(factors.scales[group]);
        const float minimum = e * static_cast<float>(factors.minima[group]);
        const std::byte* pairs = source + 16 + group / 2 * 32;
        float* values = into.data() + block * elements + group * group_elements;
        for (std::size_t i = 0; i < group_elements; ++i) {
          const unsigned pair = std::to_integer<unsigned>(pairs[i]);
          const unsigned number = group % 2 == 0 ? pair & 15u : pair >> 4;
          values[i] = scale * static_cast<float>(static_cast<int>(number)) - minimum;
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
  static constexpr std::size_t groups = 8, group_elements = 32;

  struct group_numbers {
    std::uint8_t scales[groups]{}, minima[groups]{};

    void unpack(const std::byte* from) {
      const auto at = [from](std::size_t i) { return std::to_integer<unsigned>(from[i]); };
      for (std::size_t i = 0; i < 4; ++i) {
        scales[i] = static_cast<std::uint8_t>(at(i) & 63u);
        minima[i] = static_cast<std::uint8_t>(at(i + 4) & 63u);
        scales[i + 4] = static_cast<std::uint8_t>((at(i + 8) & 15u) | (at(i) >> 6) << 4);
        minima[i + 4] = static_cast<std::uint8_t>(at(i + 8) >> 4 | (at(i + 4) >> 6) << 4);
      }
    }

    void pack(std::byte* into) const {
      for (std::size_t i = 0; i < 4; ++i) {
        const unsigned scale = scales[i + 4], minimum = minima[i + 4];
        into[i] = static_cast<std::byte>(scales[i] | (scale >> 4) << 6);
        into[i + 4] = static_cast<std::byte>(minima[i] | (minimum >> 4) << 6);
        into[i + 8] = static_cast<std::byte>((scale & 15u) | (minimum & 15u) << 4);
      }
    }
  };

  static void encode_block(const float* x, std::byte* into) {
    if (!detail::are_finite(x, elements)) {
      std::fill(into, into + bytes, std::byte{});
      detail::store_float16(std::numeric_limits<float>::quiet_NaN(), into);
      return;
    }
    detail::affine_fit fits[groups];
    float largest_scale = 0, largest_minimum = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      fits[group] = detail::fit_affine<group_elements>(x + group * group_elements, 15);
      largest_scale = std::max(largest_scale, fits[group].scale);
      largest_minimum = std::max(largest_minimum, fits[group].minimum);
    }
    detail::store_float16(largest_scale / 63, into);
    detail::store_float16(largest_minimum / 63, into + 2);
    const float d = detail::load_float16(into), e = detail::load_float16(into + 2);
    const float inverse_d = detail::inverse_or_zero(d), inverse_e = detail::inverse_or_zero(e);
    group_numbers factors;
    std::uint8_t numbers[elements];
    for (std::size_t group = 0; group < groups; ++group) {
      choose(x + group * group_elements, fits[group], d, e, inverse_d, inverse_e,
             factors.scales[group], factors.minima[group], numbers + group * group_elements);
    }
    factors.pack(into + 4);
    for (std::size_t pair = 0; pair < groups / 2; ++pair) {
      const std::uint8_t* low = numbers + 2 * pair * group_elements;
      for (std::size_t i = 0; i < group_elements; ++i) {
        into[16 + pair * 32 + i] =
            static_cast<std::byte>(low[i] | static_cast<unsigned>(low[i + group_elements]) << 4);
      }
    }
  }

  /// The six-bit scale and minimum with the least error among the neighbours of the fit, since
  /// rounding one moves the best value of the other, and the numbers that go with them.
  static void choose(const float* x, const detail::affine_fit& fit, float d, float e,
                     float inverse_d, float inverse_e, std::uint8_t& best_scale,
                     std::uint8_t& best_minimum, std::uint8_t* best_numbers) {
    const int scale_around = detail::nearest(std::min(fit.scale * inverse_d, 63.0f));
    const int minimum_around = detail::nearest(std::min(fit.minimum * inverse_e, 63.0f));
    float best_error = std::numeric_limits<float>::infinity();
    std::uint8_t numbers[group_elements];
    for (int s = std::max(scale_around - 1, 0); s <= std::min(scale_around + 1, 63); ++s) {
      for (int m = std::max(minimum_around - 1, 0); m <= std::min(minimum_around + 1, 63); ++m) {
        const float scale = d * static_cast<float>(s), minimum = e * static_cast<float>(m);
        const float inverse = detail::inverse_or_zero(scale);
        if (!detail::is_finite(scale) || !detail::is_finite(minimum)) continue;
        float error = 0;
        for (std::size_t i = 0; i < group_elements; ++i) {
          const float place = std::clamp((x[i] + minimum) * inverse + 0.5f, 0.0f, 15.5f);
          numbers[i] = static_cast<std::uint8_t>(place);
          const float difference = x[i] - (scale * static_cast<float>(numbers[i]) - minimum);
          error += difference * difference;
        }
        if (!(error < best_error)) continue;
        best_error = error;
        best_scale = static_cast<std::uint8_t>(s);
        best_minimum = static_cast<std::uint8_t>(m);
        std::copy(numbers, numbers + group_elements, best_numbers);
      }
    }
    if (best_error == std::numeric_limits<float>::infinity()) {
      std::fill(best_numbers, best_numbers + group_elements, std::uint8_t{0});
    }
  }
};

}  // namespace tensormerge
