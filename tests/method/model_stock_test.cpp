#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/model_stock.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<model_stock, float> stock(shape dims, std::vector<numbers> inputs, numbers base,
                                     bool filter_wise = false) {
  merge_case<model_stock, float> given(std::move(dims), std::move(inputs), base);
  given.shared.filter_wise = filter_wise;
  return given;
}

TEST(model_stock, keeps_the_base_where_task_vectors_stand_at_right_angles) {
  expect_near(merge_at_once(stock({2}, {{2, 1}, {1, 2}}, {1, 1})), {1, 1});
}

TEST(model_stock, takes_the_mean_where_task_vectors_are_parallel) {
  expect_near(merge_at_once(stock({2}, {{2, 2}, {4, 4}}, {1, 1})), {3, 3});
}

TEST(model_stock, moves_by_the_ratio_that_the_angle_gives) {
  // Task vectors (1,0) and (3,4): c = 0.6, t = 1.2 / 1.6 = 0.75, mean (2,2).
  expect_near(merge_at_once(stock({2}, {{1, 0}, {3, 4}}, {0, 0})), {1.5, 1.5});
}

TEST(model_stock, averages_the_cosines_of_every_two_of_three) {
  // Cosines 1, 0, 0: c = 1/3, t = 1 / (5/3) = 0.6, mean (2/3, 1/3).
  expect_near(merge_at_once(stock({2}, {{1, 0}, {1, 0}, {0, 1}}, {0, 0})), {0.4, 0.2});
}

TEST(model_stock, keeps_the_base_where_the_ratio_has_no_limit) {
  // Two opposite task vectors: 1 + c = 0.
  expect_near(merge_at_once(stock({2}, {{2, 3}, {0, -1}}, {1, 1})), {1, 1});
}

TEST(model_stock, collapses_tiny_task_vectors_to_the_base) {
  // Norms 1e-4 each: their product of 1e-8 counts as 1e-6, so c = 0.01 and t = 0.02 / 1.01.
  expect_near(merge_at_once(stock({1}, {{1e-4}, {1e-4}}, {0})), {1e-4 * 0.02 / 1.01});
}

TEST(model_stock, finds_a_ratio_for_each_row_when_filter_wise) {
  expect_near(merge_at_once(stock({3, 2}, {{2, 2, 1, 0, 2, 1}, {4, 4, 3, 4, 1, 2}},
                                  {1, 1, 0, 0, 1, 1}, true)),
              {3, 3, 1.5, 1.5, 1, 1});
}

TEST(model_stock, treats_the_last_axis_of_three_as_rows) {
  const std::vector<numbers> inputs{{2, 2, 1, 0}, {4, 4, 3, 4}};
  const numbers base{1, 1, 0, 0};
  EXPECT_EQ(merge_at_once(stock({2, 1, 2}, inputs, base, true)).values,
            merge_at_once(stock({2, 2}, inputs, base, true)).values);
}

TEST(model_stock, treats_a_tensor_of_one_axis_as_one_row) {
  const std::vector<numbers> inputs{{1, 0, 2}, {3, 4, 1}};
  EXPECT_EQ(merge_at_once(stock({3}, inputs, {0, 1, 0}, true)).values,
            merge_at_once(stock({3}, inputs, {0, 1, 0})).values);
}

TEST(model_stock, keeps_a_nan_within_its_row) {
  const merge_outcome<float> outcome = merge_at_once(
      stock({2, 2}, {{1, std::nan(""), 1, 0}, {3, 4, 3, 4}}, {0, 0, 0, 0}, true));
  EXPECT_TRUE(std::isnan(outcome.values[0]));
  EXPECT_TRUE(std::isnan(outcome.values[1]));
  EXPECT_FLOAT_EQ(outcome.values[2], 1.5f);
}

TEST(model_stock, merges_tensors_without_elements) {
  expect_near(merge_at_once(stock({0, 3}, {{}, {}}, {}, true)), {});
}

}  // namespace
}  // namespace tensormerge
