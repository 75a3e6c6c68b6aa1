#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/plane_rotations.hpp>

#include "lent_memory.hpp"
#include "some_matrix.hpp"

namespace tensormerge {
namespace {

TEST(plane_rotation, takes_a_vector_to_the_first_axis) {
  constexpr double pairs[][2] = {{3, 4}, {-3, 4}, {0, -2}, {1e-200, -3e-200}, {1, 1e-300}, {5, 0}};
  for (const auto& [f, g] : pairs) {
    double length = 0;
    const auto [c, s] = plane_rotation::of(f, g, length);
    EXPECT_NEAR(c * c + s * s, 1, 1e-15);
    EXPECT_NEAR(c * f + s * g, length, std::abs(length) * 1e-15);
    EXPECT_NEAR(c * g - s * f, 0, std::abs(length) * 1e-15);
  }
}

TEST(plane_rotation, leaves_zeros_alone) {
  double length = 1;
  const auto [c, s] = plane_rotation::of(0, 0, length);
  EXPECT_EQ(c, 1);
  EXPECT_EQ(s, 0);
  EXPECT_EQ(length, 0);
}

TEST(rotation_sweeps, rotate_columns_in_the_order_in_which_they_were_added) {
  using matrix = Eigen::MatrixXd;
  constexpr Eigen::Index columns = 9;
  lent_memory lent(rotation_sweeps::scratch_bytes(columns));
  rotation_sweeps sweeps(columns, lent.memory);
  matrix given = some_matrix(70, columns), expected = given;
  for (const auto& [first, step, count] : {std::array<Eigen::Index, 3>{0, 1, 8},
                                           std::array<Eigen::Index, 3>{7, -1, 4},
                                           std::array<Eigen::Index, 3>{2, 1, 1}}) {
    plane_rotation* rotations = sweeps.add(first, step, count);
    for (Eigen::Index k = 0; k < count; ++k) {
      const double angle = static_cast<double>(first + k);
      rotations[k] = {std::cos(angle), std::sin(angle)};
      const Eigen::VectorXd one = expected.col(first + k * step),
                            other = expected.col(first + (k + 1) * step);
      expected.col(first + k * step) = std::cos(angle) * one + std::sin(angle) * other;
      expected.col(first + (k + 1) * step) = std::cos(angle) * other - std::sin(angle) * one;
    }
  }
  sweeps.apply(given);
  EXPECT_TRUE(given.isApprox(expected, 1e-14));
  sweeps.apply(given);
  EXPECT_TRUE(given.isApprox(expected, 1e-14)) << "rotations are applied once";
}

TEST(rotation_sweeps, say_when_there_is_room_for_no_more) {
  lent_memory lent(rotation_sweeps::scratch_bytes(2));
  rotation_sweeps sweeps(2, lent.memory);
  int added = 0;
  for (; !sweeps.is_full(); ++added) *sweeps.add(0, 1, 1) = {0, 1};
  Eigen::MatrixXd given = some_matrix(3, 2);
  const Eigen::MatrixXd before = given;
  sweeps.apply(given);
  EXPECT_FALSE(sweeps.is_full());
  EXPECT_EQ(added % 4, 0);
  EXPECT_EQ(given, before) << "a quarter turn, a multiple of four times";
}

}  // namespace
}  // namespace tensormerge
