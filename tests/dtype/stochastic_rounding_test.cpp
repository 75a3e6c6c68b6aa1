#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/stochastic_rounding.hpp>

namespace tensormerge {
namespace {

TEST(stochastic_rounding, leaves_what_storage_can_hold) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const bfloat16 x{static_cast<std::uint16_t>(bits)};
    const float16 y{static_cast<std::uint16_t>(bits)};
    const stochastic_rounding rounding(bits);
    if (!std::isnan(to_float(x))) {
      EXPECT_EQ(rounding.store<bfloat16>(to_float(x), bits).bits, x.bits);
      EXPECT_EQ(rounding.store<bfloat16>(load<double>(x), bits).bits, x.bits);
    }
    if (!std::isnan(to_float(y))) {
      EXPECT_EQ(rounding.store<float16>(to_float(y), 3).bits, y.bits);
    }
  }
  EXPECT_TRUE(std::isnan(to_float(stochastic_rounding(1).store<float16>(std::nanf(""), 0))));
}

template <class Storage>
void expect_unbiased(double x) {
  constexpr int keys = 20000;
  double sum = 0, lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (int key = 0; key < keys; ++key) {
    const stochastic_rounding rounding(static_cast<std::uint64_t>(key));
    const double stored = load<double>(rounding.template store<Storage>(x, 5));
    sum += stored;
    lowest = std::min(lowest, stored);
    highest = std::max(highest, stored);
  }
  EXPECT_LT(lowest, x);
  EXPECT_GT(highest, x);
  // Four standard deviations of a mean of two values `highest - lowest` apart, at most.
  EXPECT_NEAR(sum / keys, x, 2 * (highest - lowest) / std::sqrt(keys)) << x;
}

TEST(stochastic_rounding, is_unbiased_between_the_two_neighbours) {
  for (const double x : {1.001, -1.001, 0.1, -3.1415926, 1e-3, 255.3, -1.9999}) {
    expect_unbiased<bfloat16>(x);
    expect_unbiased<float16>(x);
    expect_unbiased<float>(x + 1e-9);
  }
  expect_unbiased<float16>(1e-8);  // below the least subnormal
  expect_unbiased<float16>(-4e-8);
}

TEST(stochastic_rounding, draws_by_key_and_index_alone) {
  std::vector<float> values(1000, 1.003f);
  std::vector<bfloat16> whole(1000), parts(1000), other(1000);
  store_tile<stochastic_rounding>(values.data(), whole.data(), 1000, 9, 0);
  store_tile<stochastic_rounding>(values.data(), parts.data(), 300, 9, 0);
  store_tile<stochastic_rounding>(values.data(), parts.data() + 300, 700, 9, 300);
  store_tile<stochastic_rounding>(values.data(), other.data(), 1000, 10, 0);
  EXPECT_EQ(whole, parts);
  EXPECT_NE(whole, other);
  EXPECT_NE(whole, std::vector<bfloat16>(1000, whole[0]));
}

TEST(stochastic_rounding, rounds_to_the_nearest_beyond_the_largest_value) {
  for (std::uint64_t key = 0; key < 100; ++key) {
    EXPECT_EQ((stochastic_rounding(key).store<float16>(65519.0, 0).bits), 0x7bff);
    EXPECT_EQ((stochastic_rounding(key).store<float16>(65521.0, 0).bits), 0x7c00);
  }
}

TEST(store_tile, ignores_keys_where_the_rounding_draws_nothing) {
  const float value = 1.003f;
  bfloat16 keyed{}, plain{};
  store_tile<nearest_even>(&value, &keyed, 1, 9, 4);
  store_tile(&value, &plain, 1);
  EXPECT_EQ(keyed, plain);
}

}  // namespace
}  // namespace tensormerge
