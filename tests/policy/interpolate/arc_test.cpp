#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/arc.hpp>

namespace tensormerge {
namespace {

TEST(line, weighs_by_the_distance_from_the_other_end) {
  EXPECT_EQ(line(0.25).first, 0.75);
  EXPECT_EQ(line(0.25).second, 0.25);
  EXPECT_EQ(line(2).first, -1);
}

TEST(arc, ends_at_the_vectors) {
  EXPECT_EQ(arc(0, 0.3).first, 1);
  EXPECT_EQ(arc(0, 0.3).second, 0);
  EXPECT_EQ(arc(1, 0.3).first, 0);
  EXPECT_EQ(arc(1, 0.3).second, 1);
}

TEST(arc, follows_the_circle_of_a_right_angle) {
  const two_coefficients third = arc(1.0 / 3, 0);
  EXPECT_DOUBLE_EQ(third.first, std::numbers::sqrt3 / 2);
  EXPECT_DOUBLE_EQ(third.second, 0.5);
}

TEST(arc, leaves_the_unit_interval) {
  const two_coefficients beyond = arc(2, 0);
  EXPECT_DOUBLE_EQ(beyond.first, -1);
  EXPECT_NEAR(beyond.second, 0, 1e-15);
}

TEST(arc, nears_the_line_for_small_angles) {
  const two_coefficients c = arc(0.3, 1 - 1e-12);
  EXPECT_NEAR(c.first, 0.7, 1e-12);
  EXPECT_NEAR(c.second, 0.3, 1e-12);
}

TEST(arc, carries_a_nan) { EXPECT_TRUE(std::isnan(arc(0.5, std::nan("")).first)); }

}  // namespace
}  // namespace tensormerge
