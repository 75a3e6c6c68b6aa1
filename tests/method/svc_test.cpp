#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/svc.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(svc, counts_a_direction_once_that_all_tasks_share) {
  // s = 8 * 4 / 16 = 2 for both tasks.
  expect_update(merge_at_once(tasks_over_ones<svc>({2, 2}, {{4, 0, 0, 0}, {4, 0, 0, 0}})), {4, 0, 0, 0});
}

TEST(svc, divides_by_the_mean_over_the_tasks) {
  // Sum 6, s = 6 / 4 and 6 / 2, mean 2.25.
  expect_update(merge_at_once(tasks_over_ones<svc>({2, 2}, {{4, 0, 0, 0}, {2, 0, 0, 0}})), {6 / 2.25, 0, 0, 0});
}

TEST(svc, leaves_directions_alone_that_not_all_tasks_share) {
  expect_update(merge_at_once(tasks_over_ones<svc>({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 2}})), {4, 0, 0, 2});
}

TEST(svc, divides_by_the_calibration_at_least) {
  // 0.05 * 4 = 0.2 and s = 0.05, which counts as 0.1.
  merge_case<svc, float> given = tasks_over_ones<svc>({2, 2}, {{4, 0, 0, 0}});
  given.shared.lambda = 0.05;
  expect_update(merge_at_once(given), {2, 0, 0, 0});
}

TEST(svc, sums_weighted_task_vectors_of_tensors_that_are_no_matrices) {
  merge_case<svc, float> given = tasks_over_ones<svc>({2}, {{4, 0}, {2, 2}});
  given.set(&svc_input_parameters::weight, {0.5, 1});
  expect_update(merge_at_once(given), {4, 2});
}

TEST(svc, makes_a_whole_matrix_nan_by_one_nan) {
  for (const float x : merge_at_once(tasks_over_ones<svc>({2, 2}, {{4, 0, std::nan(""), 0}})).values) {
    EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace tensormerge
