#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/task_arithmetic.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<task_arithmetic, float> added(std::vector<numbers> inputs, const numbers& base,
                                         const numbers& weights) {
  merge_case<task_arithmetic, float> given({base.size()}, std::move(inputs), base);
  given.set(&task_arithmetic_input_parameters::weight, weights);
  return given;
}

TEST(task_arithmetic, adds_weighted_task_vectors_to_the_base) {
  expect_values(merge_at_once(added({{3, 1}, {0, 2}}, {1, 1}, {0.5, -1})), {3, -0});
}

TEST(task_arithmetic, multiplies_the_sum_by_lambda) {
  auto given = added({{3, 1}, {0, 2}}, {1, 1}, {0.5, -1});
  given.shared.lambda = 2;
  expect_values(merge_at_once(given), {5, -1});
}

TEST(task_arithmetic, divides_by_the_weights_where_asked_unless_they_cancel) {
  auto given = added({{3}, {5}}, {1}, {1, 3});
  given.shared.normalize = true;
  expect_values(merge_at_once(given), {1 + (2 + 12) / 4.0});
  given.set(&task_arithmetic_input_parameters::weight, {1, -1});
  expect_values(merge_at_once(given), {-1});
}

TEST(task_arithmetic, takes_no_notice_of_density_and_rescale) {
  auto given = added({{3, 7, 5}}, {1, 1, 1}, {1});
  given.set(&task_arithmetic_input_parameters::density, {0.3});
  given.shared.rescale = true;
  expect_values(merge_at_once(given), {3, 7, 5});
}

}  // namespace
}  // namespace tensormerge
