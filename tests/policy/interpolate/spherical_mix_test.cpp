#include <tensormerge/policy/interpolate/spherical_mix.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

using narrow = rounded<bfloat16>;

TEST(spherical_mix, has_the_coefficients_of_the_arc) {
  const auto mix = spherical_mix<double>::of(0.25, 1, 1, 0.5);
  const two_coefficients arc = spherical(0.25, 1, 1, 0.5);
  EXPECT_EQ(mix(2.0, 3.0), arc.first * 2 + arc.second * 3);
}

TEST(spherical_mix, rounds_angle_and_sines_in_a_rounded_type) {
  // As torch 2.15 computes them in bfloat16: acos(0.984375) = 0.1767578125, its sine 0.17578125,
  // and the sines of 0.3 and 0.7 of the angle.
  const auto mix = spherical_mix<narrow>::of(0.7, 0.983);
  EXPECT_EQ(static_cast<float>(mix.divisor), 0.17578125f);
  EXPECT_EQ(mix.first, 0.052978515625f);
  EXPECT_EQ(mix.second, 0.123046875f);
  EXPECT_EQ(mix(1, 2), (narrow(0.052978515625f) + narrow(0.24609375f)) / narrow(0.17578125f));
}

TEST(spherical_mix, is_a_straight_line_where_a_rounded_cosine_is_one) {
  const auto mix = spherical_mix<narrow>::of(0.7, 0.9999);
  EXPECT_EQ(mix.divisor, narrow(1));
  EXPECT_EQ(mix.second, 0.7f);  // a scalar, which is not rounded
}

TEST(spherical_mix, takes_no_length_below_a_least_one) {
  EXPECT_EQ(spherical_mix<narrow>::length(0), narrow(1e-7));
  EXPECT_EQ(spherical_mix<narrow>::length(63.46), narrow(7.966));
}

}  // namespace
}  // namespace tensormerge
