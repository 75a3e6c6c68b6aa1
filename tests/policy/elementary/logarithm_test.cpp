#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include <tensormerge/policy/elementary/logarithm.hpp>

namespace tensormerge {
namespace {

void expect_close(double x) {
  const double expected = std::log(x);
  const double unit =
      std::nextafter(std::abs(expected), std::numeric_limits<double>::infinity()) -
      std::abs(expected);
  ASSERT_NEAR(logarithm(x), expected, 2 * unit) << x;
}

TEST(logarithm, is_within_two_units_of_the_last_place) {
  std::mt19937 generator(1);
  for (const double range : {1e-12, 1e-6, 1e-3, 0.3, 1.0, 20.0, 700.0}) {
    std::uniform_real_distribution<double> power(-range, range);
    for (int i = 0; i < 20'000; ++i) expect_close(std::exp(power(generator)));
  }
}

TEST(logarithm, is_exact_at_one_and_close_at_the_edges) {
  EXPECT_EQ(logarithm(1), 0);
  for (const double x : {0.5, 2.0, std::sqrt(0.5), std::sqrt(2.0), 1e-300, 1e300}) expect_close(x);
  expect_close(std::numeric_limits<double>::min());
  expect_close(std::numeric_limits<double>::max());
  expect_close(std::nextafter(1.0, 0.0));
  expect_close(std::nextafter(1.0, 2.0));
}

TEST(logarithm, gives_nan_for_infinity_and_nan) {
  EXPECT_TRUE(std::isnan(logarithm(std::numeric_limits<double>::infinity())));
  EXPECT_TRUE(std::isnan(logarithm(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace tensormerge
