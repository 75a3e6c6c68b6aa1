#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/magmax.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(magmax, takes_each_element_where_it_changed_most) {
  merge_case<magmax, float> given({3}, {{3, 0, 1}, {0, 5, 1}}, {1, 1, 1});
  expect_values(merge_at_once(given), {3, 5, 1});
  given.shared.lambda = 0.5;
  expect_values(merge_at_once(given), {2, 3, 1});
}

TEST(magmax, compares_weighted_task_vectors) {
  merge_case<magmax, float> given({1}, {{3}, {2}}, {1});
  given.set(&magmax_input_parameters::weight, {1, 3});
  expect_values(merge_at_once(given), {4});
}

}  // namespace
}  // namespace tensormerge
