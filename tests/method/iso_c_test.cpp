#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/iso_c.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(iso_c, gives_all_directions_of_the_sum_their_mean_strength) {
  expect_update(merge_at_once(tasks_over_ones<iso_c>({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 2}})), {3, 0, 0, 3});
  expect_update(merge_at_once(tasks_over_ones<iso_c>({2, 2}, {{-4, 0, 0, 1}, {0, 0, 0, 1}})), {-3, 0, 0, 3});
}

TEST(iso_c, leaves_directions_empty_that_the_sum_lacks) {
  expect_update(merge_at_once(tasks_over_ones<iso_c>({2, 2}, {{4, 0, 0, 0}})), {2, 0, 0, 0});
  expect_update(merge_at_once(tasks_over_ones<iso_c>({2, 2}, {{0, 0, 0, 0}})), {0, 0, 0, 0});
}

TEST(iso_c, works_on_wide_and_on_tall_matrices) {
  expect_update(merge_at_once(tasks_over_ones<iso_c>({2, 3}, {{4, 0, 0, 0, 2, 0}})), {3, 0, 0, 0, 3, 0});
  expect_update(merge_at_once(tasks_over_ones<iso_c>({3, 2}, {{4, 0, 0, 2, 0, 0}})), {3, 0, 0, 3, 0, 0});
}

TEST(iso_c, scales_by_weights_and_lambda) {
  merge_case<iso_c, float> given = tasks_over_ones<iso_c>({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 4}});
  given.set(&iso_c_input_parameters::weight, {0.5, 1});
  given.shared.lambda = 2;
  expect_update(merge_at_once(given), {6, 0, 0, 6});
}

TEST(iso_c, calibrates_where_it_is_told_to) {
  // One task: s = (3 / 4, 3 / 2) for the two directions, which bring it back.
  merge_case<iso_c, float> given = tasks_over_ones<iso_c>({2, 2}, {{4, 0, 0, 2}});
  given.shared.calibration = 0.1;
  expect_update(merge_at_once(given), {4, 0, 0, 2});
}

TEST(iso_c, averages_task_vectors_of_tensors_that_are_no_matrices) {
  merge_case<iso_c, float> given = tasks_over_ones<iso_c>({2}, {{4, 0}, {2, 2}});
  given.shared.lambda = 0.5;
  expect_update(merge_at_once(given), {1.5, 0.5});
  expect_update(merge_at_once(tasks_over_ones<iso_c>({1, 1, 2}, {{4, 0}, {2, 2}})), {3, 1});
}

TEST(iso_c, makes_a_whole_matrix_nan_by_one_nan) {
  for (const float x : merge_at_once(tasks_over_ones<iso_c>({2, 2}, {{4, 0, std::nan(""), 0}})).values) {
    EXPECT_TRUE(std::isnan(x));
  }
}

TEST(iso_c, merges_matrices_without_elements) {
  expect_update(merge_at_once(tasks_over_ones<iso_c>({0, 3}, {{}})), {});
}

}  // namespace
}  // namespace tensormerge
