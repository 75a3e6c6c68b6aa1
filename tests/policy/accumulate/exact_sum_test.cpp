#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/exact_sum.hpp>

namespace tensormerge {
namespace {

double sum_of(const std::vector<double>& terms) {
  exact_sum sum;
  for (const double term : terms) sum.add(term);
  return sum.value();
}

/// Terms of very different sizes and both signs.
std::vector<double> wild_terms(std::size_t count) {
  std::mt19937_64 generator(7);
  std::uniform_real_distribution<double> mantissa(-1, 1);
  std::uniform_int_distribution<int> exponent(-300, 300);
  std::vector<double> terms;
  for (std::size_t i = 0; i < count; ++i) {
    terms.push_back(std::ldexp(mantissa(generator), exponent(generator)));
  }
  return terms;
}

TEST(exact_sum, is_zero_without_terms) { EXPECT_EQ(sum_of({}), 0); }

TEST(exact_sum, keeps_a_single_number) {
  for (const double x : {1.0, -1.0, 0.1, -3e200, 5e-300, DBL_MAX, -DBL_MAX, DBL_MIN,
                         DBL_TRUE_MIN, -DBL_TRUE_MIN, 0.0}) {
    EXPECT_EQ(sum_of({x}), x);
  }
}

TEST(exact_sum, loses_nothing_beside_a_number_that_cancels_out) {
  EXPECT_EQ(sum_of({1e300, 1.0, -1e300}), 1);
  EXPECT_EQ(sum_of({DBL_MAX, DBL_TRUE_MIN, -DBL_MAX}), DBL_TRUE_MIN);
  EXPECT_EQ(sum_of({DBL_MAX, DBL_MAX, -DBL_MAX}), DBL_MAX);  // beyond double in between
}

TEST(exact_sum, keeps_bits_that_double_would_round_off) {
  EXPECT_EQ(sum_of({1, 0x1p-60, -1}), 0x1p-60);
}

TEST(exact_sum, of_the_negated_terms_is_the_negated_sum) {
  std::vector<double> terms = wild_terms(999);
  const double sum = sum_of(terms);
  for (double& term : terms) term = -term;
  EXPECT_EQ(sum_of(terms), -sum);
}

TEST(exact_sum, does_not_depend_on_order_or_grouping) {
  std::vector<double> terms = wild_terms(1000);
  const double expected = sum_of(terms);
  std::mt19937 generator(1);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(terms.begin(), terms.end(), generator);
    std::vector<exact_sum> parts(7);
    for (const double term : terms) parts[generator() % parts.size()].add(term);
    std::shuffle(parts.begin(), parts.end(), generator);
    for (std::size_t i = 1; i < parts.size(); ++i) parts[0].combine(parts[i]);
    EXPECT_EQ(parts[0].value(), expected);
  }
}

TEST(exact_sum, of_numbers_that_a_double_adds_exactly_does_not_depend_on_others_between_them) {
  // Floats of nearly one size add up in a double; every thirtieth is a number that does not.
  std::mt19937 generator(2);
  std::uniform_real_distribution<float> size(0.5f, 2);
  std::vector<double> terms;
  std::int64_t expected = 0;  // in units of 2^-40
  for (int i = 0; i < 30000; ++i) {
    const double term = i % 30 == 7 ? std::ldexp(static_cast<double>(generator() % 1000), -40)
                                    : static_cast<double>(size(generator));
    terms.push_back(term);
    expected += static_cast<std::int64_t>(std::ldexp(term, 40));
  }
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(sum_of(terms), std::ldexp(static_cast<double>(expected), -40));
    std::shuffle(terms.begin(), terms.end(), generator);
  }
}

TEST(exact_sum, is_within_one_unit_of_a_sum_in_wider_arithmetic) {
  std::vector<double> terms;
  long double expected = 0;
  for (int i = 1; i <= 10000; ++i) {
    terms.push_back((i % 3 == 0 ? -1.0 : 1.0) / i);
    expected += static_cast<long double>(terms.back());
  }
  const double sum = sum_of(terms);
  EXPECT_NEAR(sum, static_cast<double>(expected), std::nextafter(sum, 10) - sum);
}

TEST(exact_sum, carries_infinity_and_nan) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sum_of({1, infinity, 2}), infinity);
  EXPECT_EQ(sum_of({1, -infinity}), -infinity);
  EXPECT_TRUE(std::isnan(sum_of({infinity, -infinity})));
  EXPECT_TRUE(std::isnan(sum_of({std::nan(""), 1})));
  exact_sum left, right;
  left.add(1);
  right.add(infinity);
  left.combine(right);
  EXPECT_EQ(left.value(), infinity);
}

}  // namespace
}  // namespace tensormerge
