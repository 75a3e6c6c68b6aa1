#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/linear.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<linear, float> sum(std::vector<numbers> inputs, const numbers& weights,
                              bool normalize = true) {
  merge_case<linear, float> given({inputs[0].size()}, inputs);
  given.set(&linear_input_parameters::weight, weights);
  given.shared.normalize = normalize;
  return given;
}

TEST(linear, divides_by_the_sum_of_the_weights) {
  expect_values(merge_at_once(sum({{1, 2}, {5, 10}}, {1, 3})), {4, 8});
}

TEST(linear, adds_up_without_normalisation) {
  expect_values(merge_at_once(sum({{1, 2}, {5, 10}}, {1, -3}, false)), {-14, -28});
}

TEST(linear, gives_a_single_model_back) {
  expect_values(merge_at_once(sum({{0.1, -7}}, {0.3})), {0.1, -7});
}

TEST(linear, does_not_overflow_a_narrow_type_before_it_divides) {
  merge_case<linear, float16> given({1}, {{60000}, {60000}});
  given.set(&linear_input_parameters::weight, {1, 1});
  EXPECT_EQ(loaded(merge_at_once(given).values), numbers{60000});
}

TEST(linear, merges_scalars_and_empty_tensors) {
  merge_case<linear, float> scalar({}, {{1}, {3}});
  scalar.set(&linear_input_parameters::weight, {1, 1});
  expect_values(merge_at_once(scalar), {2});
  expect_values(merge_at_once(sum({{}, {}}, {1, 1})), {});
}

}  // namespace
}  // namespace tensormerge
