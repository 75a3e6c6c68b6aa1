#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/tsv_m.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(tsv_m, keeps_the_leading_directions_of_each_task) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{4, 0, 0, 1}, {1, 0, 0, 2}})), {4, 0, 0, 2});
}

TEST(tsv_m, keeps_a_single_task_whole) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{4, 1, -2, 3}})), {4, 1, -2, 3});
}

TEST(tsv_m, counts_equal_directions_once) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{4, 0, 0, 1}, {4, 0, 0, 1}})), {4, 0, 0, 0});
}

TEST(tsv_m, turns_related_directions_to_right_angles) {
  // Unit directions at +-30 degrees to the first axis, left and right alike. The nearest right
  // angle puts them at +-45 degrees: a sum of strengths 2 on each is 2 times the identity.
  const double c = std::sqrt(3) / 2, s = 0.5;
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{2 * c * c, 2 * c * s, 2 * c * s, 2 * s * s},
                                             {2 * c * c, -2 * c * s, -2 * c * s, 2 * s * s}})),
                {2, 0, 0, 2});
}

TEST(tsv_m, ignores_a_task_equal_to_the_base) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{4, 0, 0, 1}, {0, 0, 0, 0}})), {4, 0, 0, 0});
}

TEST(tsv_m, keeps_one_direction_a_task_where_tasks_outnumber_the_rank) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({1, 2}, {{3, 0}, {3, 0}})), {3, 0});
}

TEST(tsv_m, scales_by_weights_and_lambda) {
  merge_case<tsv_m, float> given = tasks_over_ones<tsv_m>({2, 2}, {{4, 0, 0, 1}, {1, 0, 0, 2}});
  given.set(&tsv_m_input_parameters::weight, {0.5, -1});
  given.shared.lambda = 3;
  expect_update(merge_at_once(given), {6, 0, 0, -6});
}

TEST(tsv_m, averages_task_vectors_of_tensors_that_are_no_matrices) {
  expect_update(merge_at_once(tasks_over_ones<tsv_m>({2}, {{4, 0}, {2, 2}})), {3, 1});
}

TEST(tsv_m, makes_a_whole_matrix_nan_by_one_nan) {
  for (const float x : merge_at_once(tasks_over_ones<tsv_m>({2, 2}, {{4, 0, std::nan(""), 0}})).values) {
    EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace tensormerge
