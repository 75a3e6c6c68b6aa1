#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <tensormerge/policy/elementary/logarithm.hpp>

namespace tensormerge {
namespace {

void expect_close(double x, double y) {
  const long double wide = x, divisor = y;
  const bool is_close = x < 2 * y && y < 2 * x;
  const double expected = static_cast<double>(is_close ? std::log1p((wide - divisor) / divisor)
                                                       : std::log(wide / divisor));
  const double unit =
      std::nextafter(std::abs(expected), std::numeric_limits<double>::infinity()) -
      std::abs(expected);
  ASSERT_NEAR(logarithm_of_quotient(x, y), expected, 3 * unit) << x << " / " << y;
}

TEST(logarithm_of_quotient, is_within_three_units_of_the_last_place) {
  std::mt19937 generator(1);
  for (const double range : {1e-12, 1e-6, 1e-3, 0.3, 1.0, 20.0, 350.0}) {
    std::uniform_real_distribution<double> power(-range, range);
    for (int i = 0; i < 20'000; ++i) {
      expect_close(std::exp(power(generator)), std::exp(power(generator)));
    }
  }
}

TEST(logarithm_of_quotient, is_exact_of_equal_numbers_and_close_at_the_edges) {
  for (const double x : {0.5, 1.0, 2.0, std::sqrt(0.5), std::sqrt(2.0), 1e-300, 1e300}) {
    EXPECT_EQ(logarithm_of_quotient(x, x), 0);
    expect_close(x, 1);
    expect_close(1, x);
    expect_close(std::nextafter(x, 0.0), x);
    expect_close(std::nextafter(x, 2 * x), x);
  }
  expect_close(std::numeric_limits<double>::min(), 3);
  expect_close(std::numeric_limits<double>::max(), 3);
}

TEST(logarithm_of_quotient, gives_nan_for_infinity_and_nan) {
  for (const double x : {std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_TRUE(std::isnan(logarithm_of_quotient(x, 1)));
    EXPECT_TRUE(std::isnan(logarithm_of_quotient(1, x)));
  }
}

}  // namespace
}  // namespace tensormerge
