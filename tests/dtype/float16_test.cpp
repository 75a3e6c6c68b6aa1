#include <bit>
#include <cmath>
#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/dtype/float16.hpp>

namespace tensormerge {
namespace {

struct rounding {
  float from;
  std::uint16_t to;
  const char* reason;
};

constexpr rounding roundings[] = {
    {0.0f, 0x0000, "zero"},
    {-0.0f, 0x8000, "the sign of zero stays"},
    {1.0f, 0x3c00, "one is exact"},
    {-2.0f, 0xc000, "minus two is exact"},
    {65504.0f, 0x7bff, "the largest number"},
    {0x1p-14f, 0x0400, "the smallest normal number"},
    {0x1p-24f, 0x0001, "the smallest subnormal number"},
    {1 + 0x1p-11f, 0x3c00, "the middle above an even number: down"},
    {1 + 0x1p-11f + 0x1p-23f, 0x3c01, "above the middle: up"},
    {1 + 3 * 0x1p-11f, 0x3c02, "the middle above an odd number: up"},
    {-(1 + 3 * 0x1p-11f), 0xbc02, "negative numbers alike"},
    {2 - 0x1p-12f, 0x4000, "a carry goes into the exponent"},
    {0x1p-25f, 0x0000, "half of the smallest subnormal: the tie goes to even"},
    {0x1.000002p-25f, 0x0001, "just above: the smallest subnormal"},
    {3 * 0x1p-25f, 0x0002, "the middle of two subnormals: to even"},
    {0x1p-14f - 0x1p-25f, 0x0400, "a subnormal rounds up into the normal numbers"},
    {0x1p-126f, 0x0000, "far below: zero"},
    {0x1p-149f, 0x0000, "a subnormal float: zero"},
    {65519.996f, 0x7bff, "the largest float that stays finite"},
    {65520.0f, 0x7c00, "half a step above the largest number: infinity"},
    {-1e30f, 0xfc00, "far above: minus infinity"},
    {HUGE_VALF, 0x7c00, "infinity"},
    {-HUGE_VALF, 0xfc00, "minus infinity"},
};

TEST(to_float16, rounds_as_the_table_says) {
  for (const rounding& row : roundings) EXPECT_EQ(to_float16(row.from).bits, row.to) << row.reason;
}

TEST(to_float16, keeps_a_nan_and_its_sign) {
  for (const std::uint32_t bits : {0x7fc00000u, 0x7f800001u, 0xffc00000u, 0xffffffffu}) {
    const float16 x = to_float16(std::bit_cast<float>(bits));
    EXPECT_TRUE(std::isnan(to_float(x)));
    EXPECT_EQ(x.bits >> 15, bits >> 31);
  }
}

/// The value of a float16 by its definition.
double by_definition(std::uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const double fraction = static_cast<double>(bits & 1023) / 1024;
  const double sign = bits >> 15 != 0 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * HUGE_VAL : std::nan("");
  return sign *
         (exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15));
}

TEST(to_float, gives_the_value_of_every_pattern) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const double value = static_cast<double>(to_float(float16{static_cast<std::uint16_t>(bits)}));
    const double expected = by_definition(bits);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(value));
    } else {
      EXPECT_EQ(value, expected);
      EXPECT_EQ(std::signbit(value), std::signbit(expected));
    }
  }
}

TEST(to_float16, gives_every_float16_back) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const bool is_nan = (bits & 0x7fff) > 0x7c00;
    EXPECT_EQ(to_float16(to_float(float16{static_cast<std::uint16_t>(bits)})).bits,
              is_nan ? bits | 0x200 : bits);
  }
}

TEST(to_float16, rounds_around_every_middle_to_the_nearest_or_even) {
  for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const float middle = static_cast<float>((by_definition(bits) + by_definition(bits + 1)) / 2);
    EXPECT_EQ(to_float16(std::nextafterf(middle, 0)).bits, bits);
    EXPECT_EQ(to_float16(middle).bits, bits + (bits & 1));
    EXPECT_EQ(to_float16(std::nextafterf(middle, HUGE_VALF)).bits, bits + 1);
  }
}

}  // namespace
}  // namespace tensormerge
