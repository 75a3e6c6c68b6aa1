#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/stock_share.hpp>

#include "solver_case.hpp"

namespace tensormerge {
namespace {

TEST(stock_share, follows_the_mean_cosine) {
  stock_share two(2);
  two.add_pair(4, 9, 3);  // a cosine of 1/2: t = 1 / (3/2)
  EXPECT_DOUBLE_EQ(two.share(), 1.0 / 3);
  stock_share three(3);
  three.add_pair(1, 1, 1);
  three.add_pair(1, 1, 0);
  three.add_pair(1, 1, 0.5);  // mean 1/2: t = 3/2 / 2
  EXPECT_DOUBLE_EQ(three.share(), 0.25);
}

TEST(stock_share, is_equal_shares_for_vectors_on_one_line) {
  stock_share two(2);
  two.add_pair(0.1, 0.1, 0.1);
  EXPECT_EQ(two.share(), 0.5);
}

TEST(stock_share, is_zero_at_the_singularity) {
  stock_share two(2);
  two.add_pair(0.1, 0.1, -0.1);
  EXPECT_EQ(two.share(), 0);
}

TEST(stock_share, counts_products_of_norms_below_1e_6_as_1e_6) {
  stock_share two(2);
  two.add_pair(1e-8, 1e-8, 1e-8);
  EXPECT_DOUBLE_EQ(two.share(), 0.01 / 1.01);
  stock_share none(2);
  none.add_pair(0, 0, 0);
  EXPECT_EQ(none.share(), 0);
}

TEST(stock_share, carries_a_nan) {
  stock_share two(2);
  two.add_pair(std::nan(""), 1, 1);
  EXPECT_TRUE(std::isnan(two.share()));
}

struct no_parameters_here {};

TEST(equal_stock_shares, are_the_share_of_every_vector) {
  const solution found = solve<equal_stock_shares>(
      no_parameters_here{}, std::vector<no_parameters_here>(3), {{1, 0}, {1, 0}, {0, 1}});
  EXPECT_EQ(found.problem, "");
  for (const double c : found.coefficients) EXPECT_DOUBLE_EQ(c, 0.2);
}

}  // namespace
}  // namespace tensormerge
