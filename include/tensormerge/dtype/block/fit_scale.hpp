#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <tensormerge/dtype/block/block_bytes.hpp>

namespace tensormerge::detail {

/// The nearest whole number, halves up.
inline int nearest(float x) {
  return static_cast<int>(std::floor(x + 0.5f));
}

/// The s for which the sum of (x - s * q)^2 is least over whole numbers q of `least` to `most`,
/// where |least| is not less than `most`: least squares for the q of a number of steps around the
/// one that gives the largest x the number `least`. 0 where all are 0.
template <std::size_t Count>
float fit_scale(const float* x, int least, int most) {
  constexpr int tries = 12;       // to each side
  constexpr float width = 0.15f;  // of a step of the inverse
  float largest = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    if (std::abs(x[i]) > std::abs(largest)) largest = x[i];
  }
  float best_scale = 0, best_gain = 0;
  for (int attempt = -tries; attempt <= tries; ++attempt) {
    const float inverse =
        (static_cast<float>(least) + width * static_cast<float>(attempt)) / largest;
    if (!is_finite(inverse)) return 0;
    float products = 0, squares = 0;
    for (std::size_t i = 0; i < Count; ++i) {
      const auto q = static_cast<float>(std::clamp(nearest(inverse * x[i]), least, most));
      products += q * x[i];
      squares += q * q;
    }
    // The error is the sum of x^2 less this.
    const float gain = squares > 0 ? products * products / squares : 0;
    if (!(gain > best_gain)) continue;
    best_gain = gain;
    best_scale = products / squares;
  }
  return best_scale;
}

/// x = scale * q - minimum, neither of them negative.
struct affine_fit {
  float scale = 0, minimum = 0;
};

/// The fit whose sum of squared errors is least over q of 0 to `most`: least squares for the q of a
/// number of steps around the one that spreads them from the smallest to the largest x.
template <std::size_t Count>
affine_fit fit_affine(const float* x, int most) {
  constexpr int tries = 14;      // to each side
  constexpr float width = 0.1f;  // of a step of the inverse
  float low = 0, high = x[0], sum = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    low = std::min(low, x[i]);
    high = std::max(high, x[i]);
    sum += x[i];
  }
  affine_fit best{.scale = 0, .minimum = -low};
  if (!(high > low) || !is_finite(high - low)) return best;
  const auto count = static_cast<float>(Count);
  float best_error = 0;
  bool is_first = true;
  for (int attempt = -tries; attempt <= tries; ++attempt) {
    const float inverse =
        (static_cast<float>(most) + width * static_cast<float>(attempt)) / (high - low);
    if (!is_finite(inverse)) break;
    std::uint8_t q[Count];
    float sum_q = 0, sum_qq = 0, sum_qx = 0;
    for (std::size_t i = 0; i < Count; ++i) {
      const int number = std::min(static_cast<int>(inverse * (x[i] - low) + 0.5f), most);
      const auto real = static_cast<float>(number);
      q[i] = static_cast<std::uint8_t>(number);
      sum_q += real;
      sum_qq += real * real;
      sum_qx += real * x[i];
    }
    const float determinant = count * sum_qq - sum_q * sum_q;
    affine_fit fit{.scale = (high - low) / static_cast<float>(most), .minimum = -low};
    if (determinant > 0) {  // else all q are the same
      fit = {.scale = (count * sum_qx - sum_q * sum) / determinant,
             .minimum = (sum_q * sum_qx - sum_qq * sum) / determinant};
      if (fit.minimum < 0) fit = {.scale = sum_qx / sum_qq, .minimum = 0};
    }
    float error = 0;
    for (std::size_t i = 0; i < Count; ++i) {
      const float difference = x[i] - (fit.scale * static_cast<float>(q[i]) - fit.minimum);
      error += difference * difference;
    }
    if (!is_first && !(error < best_error)) continue;
    is_first = false;
    best_error = error;
    best = fit;
  }
  return best;
}

}  // namespace tensormerge::detail
