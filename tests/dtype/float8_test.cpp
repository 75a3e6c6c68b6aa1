#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/float8.hpp>

namespace tensormerge {
namespace {

template <class Storage>
class float8 : public testing::Test {
 protected:
  static Storage of(int bits) { return {static_cast<std::uint8_t>(bits)}; }
  /// The value by the definition: sign, exponent with a bias, fraction.
  static double defined(int bits) {
    constexpr int fraction_bits = std::is_same_v<Storage, float8_e4m3> ? 3 : 2;
    constexpr int bias = fraction_bits == 3 ? 7 : 15;
    const int fraction = bits & ((1 << fraction_bits) - 1);
    const int exponent = (bits & 0x7f) >> fraction_bits;
    const double significand = (exponent == 0 ? 0 : 1) + fraction / std::exp2(fraction_bits);
    return (bits & 0x80 ? -1 : 1) * std::ldexp(significand, std::max(exponent, 1) - bias);
  }
  static constexpr int largest = std::is_same_v<Storage, float8_e4m3> ? 0x7e : 0x7b;
};

using formats = testing::Types<float8_e4m3, float8_e5m2>;
TYPED_TEST_SUITE(float8, formats);

TYPED_TEST(float8, has_the_value_that_its_fields_define) {
  for (int bits = 0; bits <= this->largest; ++bits) {
    for (const int sign : {0, 0x80}) {
      EXPECT_EQ(load<double>(this->of(bits | sign)), this->defined(bits | sign)) << bits;
    }
  }
  EXPECT_TRUE(std::signbit(load<float>(this->of(0x80))));
  EXPECT_TRUE(std::isnan(load<float>(this->of(0x7f))));
  EXPECT_TRUE(std::isnan(load<float>(this->of(0xff))));
}

TYPED_TEST(float8, is_rounded_to_the_nearest_ties_to_even) {
  const auto stored = [](double x) { return nearest_even::store<TypeParam>(x).bits; };
  for (int bits = 0; bits < this->largest; ++bits) {
    const double low = this->defined(bits), high = this->defined(bits + 1);
    const double middle = (low + high) / 2;
    EXPECT_EQ(stored(low), bits);
    EXPECT_EQ(stored(middle), bits % 2 == 0 ? bits : bits + 1) << bits;
    EXPECT_EQ(stored(std::nextafter(middle, 0)), bits);
    EXPECT_EQ(stored(std::nextafter(middle, 1e9)), bits + 1);
    EXPECT_EQ(stored(-high), (bits + 1) | 0x80);
  }
  EXPECT_EQ(stored(std::numeric_limits<double>::quiet_NaN()) & 0x7f, 0x7f);
}

TEST(float8_e4m3, holds_the_largest_value_where_a_number_is_too_large) {
  for (const float x : {449.0f, 1e30f, std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(to_float8_e4m3(x).bits, 0x7e);
    EXPECT_EQ(to_float8_e4m3(-x).bits, 0xfe);
  }
}

TEST(float8_e5m2, is_infinite_where_a_number_is_too_large) {
  EXPECT_EQ(to_float8_e5m2(61439.0f).bits, 0x7b);
  for (const float x : {61440.0f, 1e30f, std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(to_float8_e5m2(x).bits, 0x7c);
    EXPECT_EQ(to_float8_e5m2(-x).bits, 0xfc);
  }
}

}  // namespace
}  // namespace tensormerge
