#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/dtype/bfloat16.hpp>

namespace tensormerge {
namespace {

struct rounding {
  std::uint32_t from;  // bits of a float
  std::uint16_t to;
  const char* reason;
};

constexpr rounding roundings[] = {
    {0x00000000, 0x0000, "zero"},
    {0x80000000, 0x8000, "the sign of zero stays"},
    {0x3f800000, 0x3f80, "one is exact"},
    {0x3f807fff, 0x3f80, "below the middle: down"},
    {0x3f808000, 0x3f80, "the middle above an even number: down"},
    {0x3f808001, 0x3f81, "above the middle: up"},
    {0x3f818000, 0x3f82, "the middle above an odd number: up"},
    {0xbf818000, 0xbf82, "negative numbers alike"},
    {0x3fffffff, 0x4000, "a carry goes into the exponent"},
    {0x00000001, 0x0000, "the smallest subnormal float: down to zero"},
    {0x00008000, 0x0000, "half of the smallest subnormal: the tie goes to even"},
    {0x00008001, 0x0001, "just above: the smallest subnormal"},
    {0x007fffff, 0x0080, "the largest subnormal float: the smallest normal number"},
    {0x7f7f7fff, 0x7f7f, "the largest float that stays finite"},
    {0x7f7f8000, 0x7f80, "half a step above the largest number: infinity"},
    {0x7f7fffff, 0x7f80, "the largest float: infinity"},
    {0xff7fffff, 0xff80, "its negative"},
    {0x7f800000, 0x7f80, "infinity"},
    {0xff800000, 0xff80, "minus infinity"},
    {0x7fc00000, 0x7fc0, "a quiet NaN"},
    {0x7f800001, 0x7fc0, "a NaN whose payload would be cut off stays a NaN"},
    {0xffffffff, 0xffff, "a NaN does not overflow into another number"},
};

TEST(to_bfloat16, rounds_as_the_table_says) {
  for (const rounding& row : roundings) {
    EXPECT_EQ(to_bfloat16(std::bit_cast<float>(row.from)).bits, row.to) << row.reason;
  }
}

TEST(to_bfloat16, gives_every_bfloat16_back) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const bfloat16 x{static_cast<std::uint16_t>(bits)};
    const bool is_nan = (bits & 0x7fff) > 0x7f80;
    EXPECT_EQ(to_bfloat16(to_float(x)).bits, is_nan ? bits | 0x40 : bits);
    EXPECT_EQ(std::isnan(to_float(x)), is_nan);
  }
}

TEST(to_bfloat16, rounds_around_every_middle_to_the_nearest_or_even) {
  for (std::uint32_t bits = 0; bits < 0x7f80; ++bits) {
    const std::uint32_t middle = bits << 16 | 0x8000;
    EXPECT_EQ(to_bfloat16(std::bit_cast<float>(middle - 1)).bits, bits);
    EXPECT_EQ(to_bfloat16(std::bit_cast<float>(middle)).bits, bits + (bits & 1));
    EXPECT_EQ(to_bfloat16(std::bit_cast<float>(middle + 1)).bits, bits + 1);
  }
}

TEST(bfloat16, is_the_upper_half_of_a_float) {
  EXPECT_EQ(to_float(bfloat16{0x3fc0}), 1.5f);
  EXPECT_EQ(to_float(bfloat16{0x0001}), 0x1p-133f);
}

}  // namespace
}  // namespace tensormerge
