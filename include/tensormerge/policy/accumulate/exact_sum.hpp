#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace tensormerge {

/// A sum of doubles without rounding: a fixed-point number as wide as the range of double.
/// Adding is exact, hence associative and commutative: partial sums of any tiles, made by any
/// threads and combined in any order, give the same bits.
/// At most 2^31 numbers may be added in all. Cost: three operations on doubles for a number whose
/// sum with those before is exact in one, as of floats of similar size; else three integer
/// additions for it and for that sum.
/// Ref: Kulisch and Miranker 1986, "The arithmetic of the digital computer".
class exact_sum {
 public:
  void add(double x) {
    const double sum = recent_ + x;
    // The difference from the larger of both is exact (Dekker), so that it tells what was rounded.
    if (sum - recent_ == x && sum - x == recent_) {
      recent_ = sum;
    } else {
      add_to_limbs(recent_);
      add_to_limbs(x);
      recent_ = 0;
    }
  }

  void combine(const exact_sum& other) {
    for (std::size_t i = 0; i < limbs_.size(); ++i) limbs_[i] += other.limbs_[i];
    special_ += other.special_;
    add(other.recent_);
  }

  /// The sum as a double, within one unit in the last place; infinite or NaN where an infinity or
  /// a NaN was added.
  double value() const {
    // One NaN for all: which of several came first depends on the threads.
    if (special_ != special_) return std::numeric_limits<double>::quiet_NaN();
    if (special_ != 0) return special_;
    exact_sum all = *this;
    all.add_to_limbs(recent_);
    std::array<std::int64_t, limb_count>& digits = all.limbs_;
    carry(digits);
    double sign = 1;
    if (digits.back() < 0) {
      for (std::int64_t& digit : digits) digit = -digit;
      carry(digits);
      sign = -1;
    }
    double sum = 0;
    for (std::size_t i = 0; i < limb_count; ++i) {
      if (digits[i] == 0) continue;
      const int exponent = static_cast<int>(limb_bits * i) - 1074;
      sum += std::ldexp(static_cast<double>(digits[i]), exponent);
    }
    return sign * sum;
  }

 private:
  static constexpr unsigned limb_bits = 32;
  static constexpr std::uint64_t limb_mask = 0xffffffffu;
  static constexpr std::size_t limb_count = 68;  // 2098 bits of double's range and the carries

  /// Out of line, so that loops that seldom come here stay small.
  [[gnu::noinline]] void add_to_limbs(double x) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff) {
      special_ += x;
      return;
    }
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    const std::uint64_t mantissa = exponent == 0 ? fraction : fraction | std::uint64_t{1} << 52;
    // The lowest bit of limb 0 stands for 2^-1074, the smallest subnormal.
    const unsigned lowest_bit = static_cast<unsigned>(exponent == 0 ? 0 : exponent - 1);
    const std::size_t limb = lowest_bit / limb_bits;
    const unsigned shift = lowest_bit % limb_bits;
    const std::uint64_t low = mantissa << shift;
    const std::uint64_t high = shift == 0 ? 0 : mantissa >> (64 - shift);
    const std::int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    limbs_[limb] += sign * static_cast<std::int64_t>(low & limb_mask);
    limbs_[limb + 1] += sign * static_cast<std::int64_t>(low >> limb_bits);
    limbs_[limb + 2] += sign * static_cast<std::int64_t>(high);
  }

  static void carry(std::array<std::int64_t, limb_count>& digits) {
    for (std::size_t i = 0; i + 1 < limb_count; ++i) {
      const std::int64_t over = digits[i] >> limb_bits;  // rounds down, so digits become >= 0
      digits[i] -= over * (std::int64_t{1} << limb_bits);
      digits[i + 1] += over;
    }
  }

  std::array<std::int64_t, limb_count> limbs_{};
  double special_ = 0;
  double recent_ = 0;  // the sum of what was added last, as long as a double holds it exactly
};

}  // namespace tensormerge
