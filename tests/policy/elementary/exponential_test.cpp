#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <tensormerge/policy/elementary/exponential.hpp>

namespace tensormerge {
namespace {

TEST(exponential, is_within_two_units_of_the_last_place) {
  std::mt19937 generator(1);
  for (const double range : {1e-9, 1e-3, 1.0, 20.0, 700.0}) {
    std::uniform_real_distribution<double> below(-range, 0);
    for (int i = 0; i < 20'000; ++i) {
      const double x = below(generator), expected = std::exp(x);
      const double unit = std::nextafter(expected, 2 * expected) - expected;
      ASSERT_NEAR(exponential(x), expected, 2 * unit) << x;
    }
  }
}

TEST(exponential, is_one_at_zero_and_nearly_nothing_far_below) {
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-0.0), 1);
  EXPECT_NEAR(exponential(-1e300), 0, 1e-300);
  EXPECT_NEAR(exponential(-std::numeric_limits<double>::infinity()), 0, 1e-300);
}

TEST(exponential, carries_a_nan) {
  EXPECT_TRUE(std::isnan(exponential(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace tensormerge
