#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/svc.hpp>

#include "decomposition/compiled_once.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// Task vectors over a base of ones.
merge_case<svc, float> tasks(shape dims, std::vector<numbers> deltas) {
  const numbers base(static_cast<std::size_t>(dims.elements()), 1);
  for (numbers& delta : deltas) {
    for (double& x : delta) x += 1;
  }
  return {std::move(dims), std::move(deltas), base};
}

/// The update of the base.
void expect_update(const merge_outcome<float>& outcome, const numbers& expected) {
  ASSERT_EQ(outcome.problem, "");
  ASSERT_EQ(outcome.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(outcome.values[i], 1 + expected[i], 1e-6) << "element " << i;
  }
}

TEST(svc, counts_a_direction_once_that_all_tasks_share) {
  // s = 8 * 4 / 16 = 2 for both tasks.
  expect_update(merge_at_once(tasks({2, 2}, {{4, 0, 0, 0}, {4, 0, 0, 0}})), {4, 0, 0, 0});
}

TEST(svc, divides_by_the_mean_over_the_tasks) {
  // Sum 6, s = 6 / 4 and 6 / 2, mean 2.25.
  expect_update(merge_at_once(tasks({2, 2}, {{4, 0, 0, 0}, {2, 0, 0, 0}})), {6 / 2.25, 0, 0, 0});
}

TEST(svc, leaves_directions_alone_that_not_all_tasks_share) {
  expect_update(merge_at_once(tasks({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 2}})), {4, 0, 0, 2});
}

TEST(svc, divides_by_the_calibration_at_least) {
  // 0.05 * 4 = 0.2 and s = 0.05, which counts as 0.1.
  merge_case<svc, float> given = tasks({2, 2}, {{4, 0, 0, 0}});
  given.shared.lambda = 0.05;
  expect_update(merge_at_once(given), {2, 0, 0, 0});
}

TEST(svc, sums_weighted_task_vectors_of_tensors_that_are_no_matrices) {
  merge_case<svc, float> given = tasks({2}, {{4, 0}, {2, 2}});
  given.set(&svc_input_parameters::weight, {0.5, 1});
  expect_update(merge_at_once(given), {4, 2});
}

TEST(svc, makes_a_whole_matrix_nan_by_one_nan) {
  for (const float x : merge_at_once(tasks({2, 2}, {{4, 0, std::nan(""), 0}})).values) {
    EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace tensormerge
