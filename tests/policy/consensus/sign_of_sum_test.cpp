#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/consensus/sign_of_sum.hpp>

#include "consensus_case.hpp"

namespace tensormerge {
namespace {

static_assert(consensus<sign_of_sum, float> && consensus<sign_of_sum, double>);
using numbers = std::vector<float>;

TEST(sign_of_sum, mixes_those_of_the_sign_of_the_sum) {
  const mix result = mix_of<sign_of_sum>({{1, {3, 1}}, {1, {-1, -4}}, {1, {2, 2}}});
  EXPECT_EQ(result.mixed, (numbers{5, -4}));
  EXPECT_EQ(result.divisors, (numbers{2, 1}));
}

TEST(sign_of_sum, counts_a_zero_sum_as_positive) {
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {2}}, {1, {-2}}}).mixed, (numbers{2}));
}

TEST(sign_of_sum, takes_the_sign_after_the_weight) {
  const mix result = mix_of<sign_of_sum>({{-1, {2}}, {1, {1}}});
  EXPECT_EQ(result.mixed, (numbers{-2}));
  EXPECT_EQ(result.divisors, (numbers{-1}));
}

TEST(sign_of_sum, leaves_out_zeros_and_divides_by_one_where_none_is_left) {
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {0}}, {1, {3}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {0}}, {1, {0}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<sign_of_sum>({{0, {5}}}).divisors, (numbers{1}));
}

TEST(sign_of_sum, is_not_decided_by_rounding_to_float) {
  // In float 1e8 - 1e8 + 1 could come out as 0 or 1, depending on the order.
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {-1}}, {1, {1e8f}}, {1, {-1e8f}}}).mixed, (numbers{-1e8f}));
}

TEST(sign_of_sum, lets_votes_weigh_otherwise_than_deltas) {
  sign_of_sum::mixer<float> mixer(1, true);
  const numbers one{1}, other{-2};
  mixer.add(5, delta_block<const float>{one}, 1);
  mixer.add(0.5, delta_block<const float>{other}, 1);
  EXPECT_EQ(mixer.mixed(0), -1);
  EXPECT_EQ(mixer.divisor(0), 0.5f);
}

TEST(sign_of_sum, carries_a_nan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(mix_of<sign_of_sum>({{1, {nan}}, {1, {1}}}).mixed[0]));
}

}  // namespace
}  // namespace tensormerge
