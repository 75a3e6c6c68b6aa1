#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/rounded.hpp>

namespace tensormerge {
namespace {

static_assert(std::is_same_v<accumulator<rounded<float16>>, float>);
static_assert(std::is_same_v<accumulator<double>, double>);
static_assert(std::is_same_v<summary<float>, double>);
static_assert(sizeof(rounded<bfloat16>) == 4);

/// The double nearest to `exact` among all values of a 16-bit type, found by search.
template <class Storage>
double nearest(double exact) {
  static const std::vector<double> finite = [] {
    std::vector<double> values;
    for (std::uint32_t bits = 0; bits < 0x8000; ++bits) {
      const double x = load<double>(Storage{static_cast<std::uint16_t>(bits)});
      if (std::isfinite(x)) values.push_back(x);
    }
    return values;
  }();
  if (std::isnan(exact) || std::isinf(exact)) return exact;
  const double magnitude = std::abs(exact);
  const std::size_t above = static_cast<std::size_t>(
      std::lower_bound(finite.begin(), finite.end(), magnitude) - finite.begin());
  const std::size_t last = finite.size() - 1;
  double result = 0;
  if (above > last) {
    const double half = (finite[last] - finite[last - 1]) / 2;
    result = magnitude >= finite[last] + half ? std::numeric_limits<double>::infinity()
                                              : finite[last];
  } else if (above == 0 || finite[above] == magnitude) {
    result = finite[above];
  } else {
    const double to_low = magnitude - finite[above - 1], to_high = finite[above] - magnitude;
    const bool low = to_low < to_high || (to_low == to_high && above % 2 == 1);
    result = low ? finite[above - 1] : finite[above];
  }
  return std::copysign(result, exact);
}

void expect_same(double a, double b) {
  if (std::isnan(b)) {
    EXPECT_TRUE(std::isnan(a));
  } else {
    EXPECT_EQ(a, b);
    EXPECT_EQ(std::signbit(a), std::signbit(b));
  }
}

template <class Storage>
class narrow_arithmetic : public testing::Test {};
using narrow_storages = testing::Types<float16, bfloat16>;
TYPED_TEST_SUITE(narrow_arithmetic, narrow_storages);

TYPED_TEST(narrow_arithmetic, rounds_each_result_to_the_nearest) {
  using number = rounded<TypeParam>;
  std::mt19937 random(1);
  std::vector<std::uint16_t> patterns{0, 0x8000, 1, 0x8001, 0x3c00, 0x3f80, 0x7bff, 0x7f7f, 0x7c00,
                                      0x7f80, 0xff80, 0xfc00, 0x7fff, 0x0400, 0x0080};
  for (int i = 0; i < 400; ++i) patterns.push_back(static_cast<std::uint16_t>(random()));
  for (const std::uint16_t first : patterns) {
    for (const std::uint16_t second : patterns) {
      const number a = load<number>(TypeParam{first}), b = load<number>(TypeParam{second});
      const double x = static_cast<double>(a), y = static_cast<double>(b);
      expect_same(static_cast<double>(a + b), nearest<TypeParam>(x + y));
      expect_same(static_cast<double>(a - b), nearest<TypeParam>(x - y));
      expect_same(static_cast<double>(a * b), nearest<TypeParam>(x * y));
      if (y != 0) expect_same(static_cast<double>(a / b), nearest<TypeParam>(x / y));
      EXPECT_EQ(a < b, x < y);
      EXPECT_EQ(a <= b, x <= y);
      EXPECT_EQ(a == b, x == y);
    }
  }
}

TYPED_TEST(narrow_arithmetic, loads_and_stores_every_pattern_as_it_is) {
  using number = rounded<TypeParam>;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const TypeParam x{static_cast<std::uint16_t>(bits)};
    if (std::isnan(load<double>(x))) continue;
    const number loaded = load<number>(x);
    TypeParam back{};
    store_tile(&loaded, &back, 1);
    EXPECT_EQ(back.bits, x.bits);
  }
}

TEST(rounded, rounds_what_it_is_made_of) {
  EXPECT_EQ(static_cast<float>(rounded<bfloat16>(0.3)), 0.30078125f);
  EXPECT_EQ(static_cast<float>(rounded<bfloat16>(257)), 256.0f);
  EXPECT_EQ(static_cast<float>(load<rounded<bfloat16>>(0.3f)), 0.30078125f);
  EXPECT_EQ(static_cast<float>(rounded<float>(0.3)), 0.3f);
}

TEST(rounded, keeps_scalars_as_they_are) {
  const rounded<bfloat16> three = 3;
  // 0.9 rounds to 0.8984375; three times the rounded 0.3 is 0.90234375.
  EXPECT_EQ(static_cast<float>(0.3f * three), 0.8984375f);
  EXPECT_EQ(static_cast<float>(rounded<bfloat16>(0.3f) * three), 0.90234375f);
  // The reciprocal 0.333984375 comes first.
  EXPECT_EQ(1.7f / three, rounded<bfloat16>(1.7f * 0.333984375f));
}

TEST(rounded, in_float_is_float) {
  const float a = 0.1f, b = 3e7f;
  EXPECT_EQ(static_cast<float>(rounded<float>(a) * rounded<float>(b)), a * b);
  EXPECT_EQ(static_cast<float>(rounded<float>(a) - rounded<float>(b)), a - b);
}

TEST(rounded, has_a_magnitude) {
  EXPECT_EQ(abs(rounded<float16>(-2)), rounded<float16>(2));
  EXPECT_EQ(abs(rounded<float16>(2)), rounded<float16>(2));
  EXPECT_TRUE(std::isnan(static_cast<float>(abs(rounded<float16>(std::nanf(""))))));
}

}  // namespace
}  // namespace tensormerge
