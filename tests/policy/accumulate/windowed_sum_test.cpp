#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/windowed_sum.hpp>

namespace tensormerge {
namespace {

static_assert(sizeof(windowed_sum) == 32);

double sum_of(const std::vector<double>& terms) {
  windowed_sum sum;
  for (const double term : terms) sum.add(term);
  return sum.value();
}

std::vector<double> wild_terms(std::size_t count, int largest_exponent) {
  std::mt19937_64 generator(7);
  std::uniform_real_distribution<double> mantissa(-1, 1);
  std::uniform_int_distribution<int> exponent(-largest_exponent, largest_exponent);
  std::vector<double> terms;
  for (std::size_t i = 0; i < count; ++i) {
    terms.push_back(std::ldexp(mantissa(generator), exponent(generator)));
  }
  return terms;
}

TEST(windowed_sum, keeps_a_single_number) {
  for (const double x : {1.0, -1.0, 0.1, -3e200, 5e-300, DBL_MAX, -DBL_MAX, DBL_MIN,
                         DBL_TRUE_MIN, -DBL_TRUE_MIN, 0.0}) {
    EXPECT_EQ(sum_of({x}), x);
  }
}

TEST(windowed_sum, is_exact_for_terms_of_similar_size) {
  EXPECT_EQ(sum_of({1, 0x1p-60, -1}), 0x1p-60);
  EXPECT_EQ(sum_of({0.1, 0.2, -0.3}), 0x1p-55);  // what those three decimals leave
}

TEST(windowed_sum, drops_what_is_far_below_the_largest_term_in_every_order) {
  std::vector<double> terms{1e300, 1, -1e300, 3, 0x1p-40};
  const double expected = sum_of(terms);
  std::sort(terms.begin(), terms.end());
  do {
    EXPECT_EQ(sum_of(terms), expected);
  } while (std::next_permutation(terms.begin(), terms.end()));
}

TEST(windowed_sum, errs_by_less_than_2_to_the_minus_64_of_the_largest_term_each) {
  for (const int exponents : {1, 20, 60, 200}) {
    const std::vector<double> terms = wild_terms(1000, exponents);
    double largest = 0, leading = 0;
    for (const double term : terms) largest = std::max(largest, std::abs(term));
    windowed_sum sum;
    for (const double term : terms) {
      sum.add(term);
      leading += std::abs(term) > largest * 0x1p-200 ? term : 0;
    }
    // Rounding of the reference itself is the larger part of the allowance.
    EXPECT_NEAR(sum.value(), leading, 1000 * largest * (0x1p-64 + 0x1p-53));
  }
}

TEST(windowed_sum, does_not_depend_on_order_or_grouping) {
  for (const int exponents : {3, 50, 500}) {
    std::vector<double> terms = wild_terms(1000, exponents);
    const double expected = sum_of(terms);
    std::mt19937 generator(1);
    for (int round = 0; round < 20; ++round) {
      std::shuffle(terms.begin(), terms.end(), generator);
      std::vector<windowed_sum> parts(7);
      for (const double term : terms) parts[generator() % parts.size()].add(term);
      std::shuffle(parts.begin(), parts.end(), generator);
      for (std::size_t i = 1; i < parts.size(); ++i) parts[0].combine(parts[i]);
      EXPECT_EQ(parts[0].value(), expected);
    }
  }
}

TEST(windowed_sum, of_the_negated_terms_is_the_negated_sum) {
  std::vector<double> terms = wild_terms(999, 80);
  const double sum = sum_of(terms);
  for (double& term : terms) term = -term;
  EXPECT_EQ(sum_of(terms), -sum);
}

TEST(windowed_sum, holds_very_many_equal_terms) {
  windowed_sum sum;
  for (int i = 0; i < 3'000'000; ++i) sum.add(0x1.fffffffffffffp+31);
  EXPECT_EQ(sum.value(), 3e6 * 0x1.fffffffffffffp+31);
}

TEST(windowed_sum, carries_infinity_and_nan) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sum_of({1, infinity, 2}), infinity);
  EXPECT_TRUE(std::isnan(sum_of({infinity, -infinity})));
  EXPECT_TRUE(std::isnan(sum_of({1, std::nan("")})));
}

}  // namespace
}  // namespace tensormerge
