#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/consensus/largest_magnitude.hpp>

#include "consensus_case.hpp"

namespace tensormerge {
namespace {

static_assert(consensus<largest_magnitude, float> && consensus<largest_magnitude, double>);
using numbers = std::vector<float>;

TEST(largest_magnitude, takes_each_element_from_one_model) {
  const mix result = mix_of<largest_magnitude>({{1, {3, 1, 0}}, {1, {-1, -4, 0}}});
  EXPECT_EQ(result.mixed, (numbers{3, -4, 0}));
}

TEST(largest_magnitude, compares_after_weighting) {
  const mix result = mix_of<largest_magnitude>({{1, {3}}, {-4, {1}}});
  EXPECT_EQ(result.mixed, (numbers{-4}));
  EXPECT_EQ(result.divisors, (numbers{-4}));
}

TEST(largest_magnitude, prefers_the_positive_of_opposite_ones_in_any_order) {
  EXPECT_EQ(mix_of<largest_magnitude>({{1, {2}}, {1, {-2}}}).mixed, (numbers{2}));
  EXPECT_EQ(mix_of<largest_magnitude>({{1, {-2}}, {1, {2}}}).mixed, (numbers{2}));
}

TEST(largest_magnitude, carries_a_nan_from_any_place) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(std::isnan(mix_of<largest_magnitude>({{1, {nan}}, {1, {infinity}}}).mixed[0]));
  EXPECT_TRUE(std::isnan(mix_of<largest_magnitude>({{1, {infinity}}, {1, {nan}}}).mixed[0]));
}

}  // namespace
}  // namespace tensormerge
