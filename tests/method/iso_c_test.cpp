#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/iso_c.hpp>

#include "decomposition/compiled_once.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// Task vectors over a base of ones.
merge_case<iso_c, float> tasks(shape dims, std::vector<numbers> deltas) {
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

TEST(iso_c, gives_all_directions_of_the_sum_their_mean_strength) {
  expect_update(merge_at_once(tasks({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 2}})), {3, 0, 0, 3});
  expect_update(merge_at_once(tasks({2, 2}, {{-4, 0, 0, 1}, {0, 0, 0, 1}})), {-3, 0, 0, 3});
}

TEST(iso_c, leaves_directions_empty_that_the_sum_lacks) {
  expect_update(merge_at_once(tasks({2, 2}, {{4, 0, 0, 0}})), {2, 0, 0, 0});
  expect_update(merge_at_once(tasks({2, 2}, {{0, 0, 0, 0}})), {0, 0, 0, 0});
}

TEST(iso_c, works_on_wide_and_on_tall_matrices) {
  expect_update(merge_at_once(tasks({2, 3}, {{4, 0, 0, 0, 2, 0}})), {3, 0, 0, 0, 3, 0});
  expect_update(merge_at_once(tasks({3, 2}, {{4, 0, 0, 2, 0, 0}})), {3, 0, 0, 3, 0, 0});
}

TEST(iso_c, scales_by_weights_and_lambda) {
  merge_case<iso_c, float> given = tasks({2, 2}, {{4, 0, 0, 0}, {0, 0, 0, 4}});
  given.set(&iso_c_input_parameters::weight, {0.5, 1});
  given.shared.lambda = 2;
  expect_update(merge_at_once(given), {6, 0, 0, 6});
}

TEST(iso_c, calibrates_where_it_is_told_to) {
  // One task: s = (3 / 4, 3 / 2) for the two directions, which bring it back.
  merge_case<iso_c, float> given = tasks({2, 2}, {{4, 0, 0, 2}});
  given.shared.calibration = 0.1;
  expect_update(merge_at_once(given), {4, 0, 0, 2});
}

TEST(iso_c, averages_task_vectors_of_tensors_that_are_no_matrices) {
  merge_case<iso_c, float> given = tasks({2}, {{4, 0}, {2, 2}});
  given.shared.lambda = 0.5;
  expect_update(merge_at_once(given), {1.5, 0.5});
  expect_update(merge_at_once(tasks({1, 1, 2}, {{4, 0}, {2, 2}})), {3, 1});
}

TEST(iso_c, makes_a_whole_matrix_nan_by_one_nan) {
  for (const float x : merge_at_once(tasks({2, 2}, {{4, 0, std::nan(""), 0}})).values) {
    EXPECT_TRUE(std::isnan(x));
  }
}

TEST(iso_c, merges_matrices_without_elements) {
  expect_update(merge_at_once(tasks({0, 3}, {{}})), {});
}

}  // namespace
}  // namespace tensormerge
