#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include <tensormerge/dtype/block/block_bytes.hpp>
#include <tensormerge/dtype/convert.hpp>

namespace tensormerge {

/// A group of MLX's affine quantisation: numbers q of 4 or 8 bits, lowest first, then a scale s and
/// a bias b in a type of floats: x = s * q + b. In its files q, s and b are three tensors; here the
/// parts of a group lie together.
/// Source: https://ml-explore.github.io/mlx, `mlx.core.quantize`.
template <unsigned Bits, std::size_t Group, class Scale>
struct mlx_block {
  static_assert(Bits == 4 || Bits == 8);
  static constexpr std::string_view name = Bits == 4 ? "MLX 4 bits" : "MLX 8 bits";
  static constexpr std::size_t elements = Group;
  static constexpr std::size_t number_bytes = Group * Bits / 8;
  static constexpr std::size_t bytes = number_bytes + 2 * sizeof(Scale);

  /// Whole blocks: `into` has `elements` for each `bytes` of `from`.
  static void decode(std::span<const std::byte> from, std::span<float> into) {
    for (std::size_t block = 0; block < from.size() / bytes; ++block) {
      const std::byte* source = from.data() + block * bytes;
      const float scale = load_scale(source + number_bytes);
      const float bias = load_scale(source + number_bytes + sizeof(Scale));
      float* values = into.data() + block * elements;
      for (std::size_t i = 0; i < elements; ++i) {
        values[i] = scale * static_cast<float>(static_cast<int>(number(source, i))) + bias;
      }
    }
  }

  /// The reverse: the end of the range that lies farther from 0 is a number's exact value, and 0
  /// too as far as the scale allows. A block with NaN or infinity becomes one of NaN.
  static void encode(std::span<const float> from, std::span<std::byte> into) {
    for (std::size_t block = 0; block < from.size() / elements; ++block) {
      const float* values = from.data() + block * elements;
      std::byte* target = into.data() + block * bytes;
      std::fill(target, target + number_bytes, std::byte{});
      if (!detail::are_finite(values, elements)) {
        store_scale(std::numeric_limits<float>::quiet_NaN(), target + number_bytes);
        store_scale(0, target + number_bytes + sizeof(Scale));
        continue;
      }
      const auto [least, most] = std::minmax_element(values, values + elements);
      const bool is_low = std::abs(*least) > std::abs(*most);
      const float edge = is_low ? *least : *most;
      float scale = std::max((*most - *least) / largest, 1e-7f);
      if (!is_low) scale = -scale;
      const float zero = std::round(edge / scale);
      if (zero != 0) scale = edge / zero;
      store_scale(scale, target + number_bytes);
      store_scale(zero == 0 ? 0 : edge, target + number_bytes + sizeof(Scale));
      const float stored = load_scale(target + number_bytes);
      const float bias = load_scale(target + number_bytes + sizeof(Scale));
      const float inverse = detail::inverse_or_zero(stored);
      for (std::size_t i = 0; i < elements; ++i) {
        const float place = (values[i] - bias) * inverse + 0.5f;
        const float held = detail::is_finite(place) ? std::clamp(place, 0.0f, largest) : 0;
        set_number(target, i, static_cast<unsigned>(held));
      }
    }
  }

 private:
  static constexpr float largest = Bits == 4 ? 15 : 255;

  static unsigned number(const std::byte* from, std::size_t i) {
    if constexpr (Bits == 8) return std::to_integer<unsigned>(from[i]);
    else return std::to_integer<unsigned>(from[i / 2]) >> (i % 2 * 4) & 15u;
  }
  static void set_number(std::byte* into, std::size_t i, unsigned value) {
    if constexpr (Bits == 8) into[i] = static_cast<std::byte>(value);
    else into[i / 2] |= static_cast<std::byte>(value << (i % 2 * 4));
  }
  static float load_scale(const std::byte* from) {
    Scale stored;
    std::memcpy(&stored, from, sizeof(Scale));
    return load<float>(stored);
  }
  static void store_scale(float value, std::byte* into) {
    const Scale stored = nearest_even::store<Scale>(value);
    std::memcpy(into, &stored, sizeof(Scale));
  }
};

}  // namespace tensormerge
