#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace tensormerge {

/// A sum of doubles in 32 bytes that, like exact_sum, does not depend on the order of its terms:
/// the leading part of a fixed-point number, of which the 64 bits below the largest term's leading
/// bit are always kept. Digits further down are dropped alike in whatever order the terms arrive.
/// Error: less than 2^-64 of the largest term for each term added, which is 2^-11 of what rounding
/// that term to double may have cost. At most 2^31 numbers may be added in all.
class windowed_sum {
 public:
  void add(double x) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) {
      special_ += static_cast<float>(x);
      return;
    }
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    const std::uint64_t mantissa = exponent == 0 ? fraction : fraction | std::uint64_t{1} << 52;
    if (mantissa == 0) return;
    // The lowest bit of digit 0 stands for 2^-1074, the smallest subnormal.
    const int lowest_bit = exponent == 0 ? 0 : exponent - 1;
    const int digit = lowest_bit / digit_bits;
    const int shift = lowest_bit % digit_bits;
    const std::uint64_t low = mantissa << shift;
    const std::uint64_t high = shift == 0 ? 0 : mantissa >> (64 - shift);
    const std::array<std::uint64_t, 3> parts{low & digit_mask, low >> digit_bits, high};
    const int leading = parts[2] != 0 ? 2 : (parts[1] != 0 ? 1 : 0);
    raise_top(digit + leading);
    const std::int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    for (int part = 0; part <= leading; ++part) {
      const int place = digit + part - (top_ - last);
      if (place < 0) continue;
      digits_[static_cast<std::size_t>(place)] +=
          sign * static_cast<std::int64_t>(parts[static_cast<std::size_t>(part)]);
    }
  }

  void combine(const windowed_sum& other) {
    raise_top(other.top_);
    const int down = top_ - other.top_;
    for (int place = 0; place + down <= last; ++place) {
      digits_[static_cast<std::size_t>(place)] +=
          other.digits_[static_cast<std::size_t>(place + down)];
    }
    special_ += other.special_;
  }

  /// The sum as a double; infinite or NaN where an infinity or a NaN was added.
  double value() const {
    // One NaN for all: which of several came first depends on the threads.
    if (special_ != special_) return std::numeric_limits<double>::quiet_NaN();
    if (special_ != 0) return static_cast<double>(special_);
    std::array<std::int64_t, window> digits = digits_;
    carry(digits);
    double sign = 1;
    if (digits.back() < 0) {
      for (std::int64_t& digit : digits) digit = -digit;
      carry(digits);
      sign = -1;
    }
    double sum = 0;
    for (std::size_t place = window; place-- > 0;) {
      sum = sum * digit_base + static_cast<double>(digits[place]);
    }
    return sign * std::ldexp(sum, digit_bits * (top_ - last) - 1074);
  }

 private:
  static constexpr std::size_t window = 3;
  static constexpr int last = static_cast<int>(window) - 1;
  static constexpr int digit_bits = 32;
  static constexpr std::uint64_t digit_mask = 0xffffffffu;
  static constexpr double digit_base = 4294967296.0;

  /// Moves the window up to hold digit `top`; what falls out below is lost in any order of terms.
  void raise_top(int top) {
    for (; top_ < top; ++top_) {
      for (std::size_t place = 0; place + 1 < window; ++place) digits_[place] = digits_[place + 1];
      digits_.back() = 0;
    }
  }

  static void carry(std::array<std::int64_t, window>& digits) {
    for (std::size_t place = 0; place + 1 < window; ++place) {
      const std::int64_t over = digits[place] >> digit_bits;  // rounds down
      digits[place] -= over * (std::int64_t{1} << digit_bits);
      digits[place + 1] += over;
    }
  }

  std::array<std::int64_t, window> digits_{};  // lowest first; the last is digit `top_`
  std::int32_t top_ = last;
  float special_ = 0;
};

}  // namespace tensormerge
