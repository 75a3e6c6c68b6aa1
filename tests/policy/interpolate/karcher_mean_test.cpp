#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/karcher_mean.hpp>

#include "solver_case.hpp"

namespace tensormerge {
namespace {

struct parameters {
  std::int64_t max_iter = 10;
  double tol = 1e-5;
};
struct input_parameters {};

using vectors = std::vector<std::vector<double>>;

std::vector<double> mean_of(const vectors& given, const parameters& shared = {}) {
  return solve<karcher_mean>(shared, std::vector<input_parameters>(given.size()), given)
      .coefficients;
}

TEST(karcher_mean, divides_the_mean_norm_by_each_norm) {
  const std::vector<double> c = mean_of({{2, 0}, {0, 4}});
  EXPECT_DOUBLE_EQ(c[0], 3 * std::numbers::sqrt2 / 2 / 2);
  EXPECT_DOUBLE_EQ(c[1], 3 * std::numbers::sqrt2 / 2 / 4);
}

TEST(karcher_mean, shares_equally_between_equal_vectors) {
  const std::vector<double> c = mean_of({{0.1, 0.7}, {0.1, 0.7}, {0.1, 0.7}});
  for (const double x : c) EXPECT_DOUBLE_EQ(x, 1.0 / 3);
}

TEST(karcher_mean, finds_the_mean_angle_in_a_plane) {
  const double degree = std::numbers::pi / 180;
  const std::vector<double> angles{10, 20, 75, 95};
  vectors given;
  for (const double angle : angles) {
    given.push_back({std::cos(angle * degree), std::sin(angle * degree)});
  }
  const std::vector<double> c = mean_of(given, {.max_iter = 100, .tol = 1e-12});
  double x = 0, y = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    x += c[i] * given[i][0];
    y += c[i] * given[i][1];
  }
  EXPECT_NEAR(std::atan2(y, x) / degree, 50, 1e-9);
  EXPECT_NEAR(std::hypot(x, y), 1, 1e-12);
}

TEST(karcher_mean, gives_nothing_to_vectors_with_norms_up_to_tol) {
  const std::vector<double> c = mean_of({{3, 4}, {1e-6, 0}});
  EXPECT_DOUBLE_EQ(c[0], (5 + 1e-6) / 2 / 5);
  EXPECT_EQ(c[1], 0);
}

TEST(karcher_mean, gives_zeros_where_all_norms_are_zero) {
  EXPECT_EQ(mean_of({{0, 0}, {0, 0}}), (std::vector<double>{0, 0}));
}

TEST(karcher_mean, carries_what_is_not_finite) {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    for (const double x : mean_of({{1, 2}, {bad, 0}})) EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace tensormerge
