#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/match_l1_norm.hpp>

namespace tensormerge {
namespace {

TEST(match_l1_norm, is_the_ratio_of_the_sums) { EXPECT_EQ(match_l1_norm(6, 4), 1.5); }

TEST(match_l1_norm, is_one_where_a_sum_is_negligible) {
  EXPECT_EQ(match_l1_norm(1e-8, 1e-8), 1);
  EXPECT_EQ(match_l1_norm(1, 0), 1);
  EXPECT_EQ(match_l1_norm(0, 0), 1);
}

TEST(match_l1_norm, carries_a_nan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(match_l1_norm(nan, nan)));
}

}  // namespace
}  // namespace tensormerge
