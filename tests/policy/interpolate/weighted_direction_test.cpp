#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/weighted_direction.hpp>

#include "solver_case.hpp"

namespace tensormerge {
namespace {

struct parameters {
  bool normalize_weights = true;
  double eps = 1e-8;
};
struct input_parameters {
  double weight;
};

using vectors = std::vector<std::vector<double>>;

solution direction_of(const vectors& given, const std::vector<double>& weights,
                      const parameters& shared = {}) {
  std::vector<input_parameters> inputs;
  for (const double weight : weights) inputs.push_back({weight});
  return solve<weighted_direction>(shared, inputs, given);
}

TEST(weighted_direction, gives_the_mean_direction_the_mean_norm) {
  // Directions along the axes with weights 1/4 and 3/4: length of their mean sqrt(10) / 4.
  const solution found = direction_of({{2, 0}, {0, 4}}, {1, 3});
  const double scale = 3.5 / (std::sqrt(10) / 4);
  EXPECT_NEAR(found.coefficients[0], 0.25 / 2 * scale, 1e-7);
  EXPECT_NEAR(found.coefficients[1], 0.75 / 4 * scale, 1e-7);
}

TEST(weighted_direction, is_the_tangent_step_written_out) {
  // The definition, step by step: the tangent at the mean direction comes out as zero.
  const vectors given{{1, 2, 2}, {0, 3, -4}, {6, 2, 3}};
  const std::vector<double> norms{3, 5, 7}, weights{0.2, 0.5, 0.3};
  const double eps = 0.01;
  std::vector<double> mean(3), tangent(3), expected(3), got(3);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) mean[k] += weights[i] * given[i][k] / (norms[i] + eps);
  }
  const double length = std::hypot(mean[0], mean[1], mean[2]);
  for (double& x : mean) x /= length;
  for (std::size_t i = 0; i < 3; ++i) {
    double along = 0;
    for (std::size_t k = 0; k < 3; ++k) along += given[i][k] / (norms[i] + eps) * mean[k];
    for (std::size_t k = 0; k < 3; ++k) {
      tangent[k] += weights[i] * (given[i][k] / (norms[i] + eps) - along * mean[k]);
    }
  }
  const double step = std::hypot(tangent[0], tangent[1], tangent[2]) + eps;
  const solution found = direction_of(given, weights, {.eps = eps});
  for (std::size_t k = 0; k < 3; ++k) {
    expected[k] = (mean[k] * std::cos(step) + tangent[k] * std::sin(step) / step) *
                  (0.2 * 3 + 0.5 * 5 + 0.3 * 7);
    for (std::size_t i = 0; i < 3; ++i) got[k] += found.coefficients[i] * given[i][k];
    EXPECT_NEAR(got[k], expected[k], 1e-13);
  }
}

TEST(weighted_direction, mixes_two_directions_that_cancel_straight) {
  const solution found = direction_of({{1, 2}, {-3, -6}}, {1, 1});
  EXPECT_EQ(found.problem, "");
  EXPECT_EQ(found.coefficients, (std::vector<double>{0.5, 0.5}));
}

TEST(weighted_direction, reports_three_directions_that_cancel) {
  EXPECT_NE(direction_of({{1, 0}, {-3, 0}, {0, 0}}, {1, 1, 1}).problem, "");
}

TEST(weighted_direction, reports_a_mean_direction_shorter_than_eps) {
  const vectors given{{1, 0}, {-1, 0}, {0, 1}};
  EXPECT_EQ(direction_of(given, {1, 1, 1}, {.eps = 0.2}).problem, "");
  EXPECT_NE(direction_of(given, {1, 1, 1}, {.eps = 0.5}).problem, "");
}

TEST(weighted_direction, stays_finite_for_a_zero_vector_and_an_eps_of_zero) {
  const solution found = direction_of({{0, 0}, {3, 4}}, {1, 1}, {.eps = 0});
  EXPECT_EQ(found.coefficients[0], 0);
  EXPECT_DOUBLE_EQ(found.coefficients[1], 0.5);
}

TEST(weighted_direction, reports_weights_that_sum_to_zero) {
  EXPECT_NE(direction_of({{1, 0}, {0, 1}}, {1, -1}).problem.find("sum to zero"),
            std::string::npos);
}

TEST(weighted_direction, carries_a_nan) {
  const solution found = direction_of({{1, 0}, {std::nan(""), 1}, {1, 1}}, {1, 1, 1});
  EXPECT_EQ(found.problem, "");
  for (const double x : found.coefficients) EXPECT_TRUE(std::isnan(x));
}

}  // namespace
}  // namespace tensormerge
