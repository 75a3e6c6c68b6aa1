#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/della_linear.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<della_linear, float> dropped(shape dims, std::vector<numbers> inputs, double density,
                               double epsilon) {
  const numbers base(inputs[0].size(), 0);
  const std::size_t count = inputs.size();
  merge_case<della_linear, float> given(std::move(dims), std::move(inputs), base);
  given.set(&della_linear_input_parameters::weight, numbers(count, 1));
  given.set(&della_linear_input_parameters::density, numbers(count, density));
  given.set(&della_linear_input_parameters::epsilon, numbers(count, epsilon));
  return given;
}

TEST(della_linear, keeps_large_elements_of_a_row_more_often_and_restores_the_norm) {
  constexpr std::size_t rows = 2000, row = 10;
  numbers delta;
  for (std::size_t i = 0; i < rows * row; ++i) delta.push_back(static_cast<double>(i % row + 1));
  const auto outcome = merge_at_once(dropped({rows, row}, {delta}, 0.5, 0.4));
  double small = 0, large = 0, sum = 0;
  for (std::size_t i = 0; i < delta.size(); ++i) {
    const double x = static_cast<double>(outcome.values[i]);
    small += i % row == 0 && x != 0 ? 1 : 0;
    large += i % row == row - 1 && x != 0 ? 1 : 0;
    sum += x;
  }
  EXPECT_NEAR(small, 0.1 * rows, 4 * std::sqrt(0.09 * rows));
  EXPECT_NEAR(large, 0.9 * rows, 4 * std::sqrt(0.09 * rows));
  EXPECT_NEAR(sum, 55.0 * rows, 1e-6 * 55 * rows);
}

TEST(della_linear, takes_a_tensor_of_one_axis_for_one_row) {
  numbers delta(20'000, 1);
  const auto outcome = merge_at_once(dropped({delta.size()}, {delta}, 0.5, 0.4));
  // Equal magnitudes rank by index: the first tenth is mostly dropped and the last mostly kept.
  const auto kept = [&](std::size_t first) {
    double count = 0;
    for (std::size_t i = first; i < first + 2000; ++i) count += outcome.values[i] != 0 ? 1 : 0;
    return count / 2000;
  };
  EXPECT_NEAR(kept(0), 0.14, 0.04);
  EXPECT_NEAR(kept(18'000), 0.86, 0.04);
}

TEST(della_linear, merges_whole_task_vectors_at_density_1_whatever_epsilon) {
  expect_values(merge_at_once(dropped({3}, {{1, -2, 3}}, 1, 0.5)), {1, -2, 3});
  expect_values(merge_at_once(dropped({3}, {{1, -2, 3}}, 0, 0.5)), {0, 0, 0});
}

TEST(della_linear, refuses_probabilities_outside_of_0_and_1) {
  EXPECT_NE(merge_at_once(dropped({3}, {{1, -2, 3}}, 0.9, 0.15)).problem, "");
  EXPECT_NE(merge_at_once(dropped({3}, {{1, -2, 3}}, 0.1, 0.1)).problem, "");
}

}  // namespace
}  // namespace tensormerge
