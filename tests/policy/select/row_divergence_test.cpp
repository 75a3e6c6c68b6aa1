#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/row_divergence.hpp>

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// The definition, with nothing shared.
double divergence(const numbers& row, const numbers& from) {
  const auto shares = [](const numbers& x) {
    const double largest = *std::max_element(x.begin(), x.end());
    double total = 0;
    numbers p;
    for (const double value : x) total += std::exp(value - largest);
    for (const double value : x) p.push_back(std::exp(value - largest) / total + 1e-8);
    return p;
  };
  const numbers p = shares(row), q = shares(from);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += p[i] * std::log(p[i] / q[i]);
  return sum;
}

double row_divergence(const numbers& row, const numbers& from) {
  numbers working(2 * row.size());
  return tensormerge::row_divergence(row.data(), from.data(), row.size(), working);
}

TEST(row_divergence, is_zero_between_equal_rows) {
  const numbers row{1, -2, 0.5};
  EXPECT_EQ(row_divergence(row, row), 0);
}

TEST(row_divergence, is_that_of_two_coins) {
  // softmax(log 3, 0) = (3/4, 1/4) from (1/2, 1/2).
  const numbers row{std::log(3.0), 0}, from{0, 0};
  const double expected = 0.75 * std::log(1.5) + 0.25 * std::log(0.5);
  EXPECT_NEAR(row_divergence(row, from), expected, 1e-7);
}

TEST(row_divergence, follows_the_definition_over_several_blocks) {
  std::mt19937 generator(3);
  std::normal_distribution<double> normal;
  for (const std::size_t length : {1u, 7u, 256u, 257u, 1000u}) {
    numbers row(length), from(length);
    for (std::size_t i = 0; i < length; ++i) {
      from[i] = normal(generator);
      row[i] = from[i] + 0.01 * normal(generator);
    }
    const double expected = divergence(row, from);
    EXPECT_NEAR(row_divergence(row, from), expected, 1e-12) << length;
  }
}

TEST(row_divergence, does_not_overflow_where_values_are_large) {
  const numbers row{1000, 1000}, from{-1000, -1000};
  EXPECT_EQ(row_divergence(row, from), 0);
}

TEST(row_divergence, carries_a_nan) {
  const numbers row{1, std::numeric_limits<double>::quiet_NaN(), 2}, from{1, 2, 3};
  EXPECT_TRUE(std::isnan(row_divergence(row, from)));
  EXPECT_TRUE(std::isnan(row_divergence(from, row)));
}

}  // namespace
}  // namespace tensormerge
