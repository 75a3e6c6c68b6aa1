#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/spherical.hpp>

namespace tensormerge {
namespace {

void expect(const two_coefficients& c, double first, double second) {
  EXPECT_DOUBLE_EQ(c.first, first);
  EXPECT_DOUBLE_EQ(c.second, second);
}

constexpr double half_root = std::numbers::sqrt2 / 2;

TEST(spherical, follows_the_arc_whatever_the_norms) {
  expect(spherical(0.5, 4, 9, 0), half_root, half_root);
  expect(spherical(0.5, 1, 4, 1), std::sin(std::numbers::pi / 6) / std::sin(std::numbers::pi / 3),
         std::sin(std::numbers::pi / 6) / std::sin(std::numbers::pi / 3));
}

TEST(spherical, is_straight_on_one_line) {
  expect(spherical(0.25, 0.1, 0.1, 0.1), 0.75, 0.25);
  expect(spherical(0.25, 0.1, 0.1, -0.1), 0.75, 0.25);
  expect(spherical(0.25, 0.01, 0.09, -0.03), 0.75, 0.25);
}

TEST(spherical, is_straight_where_rounding_leaves_the_line) {
  expect(spherical(0.25, 1, 1, -1 + 0x1p-53), 0.75, 0.25);
}

TEST(spherical, takes_a_zero_vector_for_a_right_angle) {
  expect(spherical(0.5, 0, 5, 0), half_root, half_root);
  expect(spherical(0.5, 0, 0, 0), half_root, half_root);
}

TEST(spherical, counts_norms_below_1e_7_as_1e_7) {
  // Parallel, but the shorter vector has a tenth of the least norm: a cosine of 0.1.
  const double angle = std::acos(0.1);
  expect(spherical(0.5, 1e-16, 1, 1e-8), std::sin(angle / 2) / std::sin(angle),
         std::sin(angle / 2) / std::sin(angle));
}

TEST(spherical, carries_a_nan) {
  EXPECT_TRUE(std::isnan(spherical(0.5, std::nan(""), 1, 0).first));
  EXPECT_TRUE(std::isnan(spherical(0.5, 1, 1, std::nan("")).second));
}

struct weighted {
  double weight;
};

double place(double first, double second) {
  const std::array<weighted, 2> inputs{{{first}, {second}}};
  return place_by_weight(std::span<const weighted>(inputs));
}

TEST(place_by_weight, is_the_second_input_s_share) {
  EXPECT_EQ(place(1, 3), 0.75);
  EXPECT_EQ(place(2, -1), -1);
}

TEST(place_by_weight, is_the_middle_where_the_weights_cancel) {
  EXPECT_EQ(place(1, -1), 0.5);
  EXPECT_EQ(place(0, 0), 0.5);
  EXPECT_EQ(place(1, -1 + 5e-7), 0.5);
}

}  // namespace
}  // namespace tensormerge
