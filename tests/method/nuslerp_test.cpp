#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/nuslerp.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

constexpr double root_of_half = std::numbers::sqrt2 / 2;

enum class along { whole, rows, columns };

merge_case<nuslerp, float> two_inputs(shape dims, numbers a, numbers b, numbers base = {},
                                      along vectors = along::whole, numbers weights = {1, 1}) {
  merge_case<nuslerp, float> given(std::move(dims), {a, b}, base);
  given.shared.nuslerp_flatten = vectors == along::whole;
  given.shared.nuslerp_row_wise = vectors == along::columns;
  return given.set(&nuslerp_input_parameters::weight, weights);
}

TEST(nuslerp, halves_the_right_angle_between_unit_vectors) {
  expect_near(merge_at_once(two_inputs({2}, {1, 0}, {0, 1})), {root_of_half, root_of_half});
}

TEST(nuslerp, takes_the_place_from_the_weights) {
  const double part = std::numbers::pi / 8;
  expect_near(merge_at_once(two_inputs({2}, {1, 0}, {0, 1}, {}, along::whole, {1, 3})),
              {std::sin(part), std::sin(3 * part)});
}

TEST(nuslerp, goes_straight_between_vectors_on_one_line) {
  expect_near(merge_at_once(two_inputs({3}, {1, 2, 3}, {2, 4, 6})), {1.5, 3, 4.5});
}

TEST(nuslerp, goes_straight_between_opposite_vectors_of_any_length) {
  const numbers a{0.1, 0.7, -1.3}, opposite{-0.1, -0.7, 1.3};
  expect_near(merge_at_once(two_inputs({3}, a, opposite, {}, along::whole, {3, 1})),
              {0.05, 0.35, -0.65});
  expect_near(merge_at_once(two_inputs({3}, {1, 2, 4}, {-3, -6, -12})), {-1, -2, -4});
}

TEST(nuslerp, treats_a_zero_vector_as_standing_at_a_right_angle) {
  expect_near(merge_at_once(two_inputs({2}, {0, 0}, {3, 4})), {3 * root_of_half, 4 * root_of_half});
}

TEST(nuslerp, scales_the_only_change_from_the_base_by_0_707) {
  expect_near(merge_at_once(two_inputs({2}, {1, 1}, {2, 3}, {1, 1})),
              {1 + root_of_half, 1 + 2 * root_of_half});
}

TEST(nuslerp, gives_the_base_where_neither_input_differs_from_it) {
  const numbers base{1, 2, 3};
  expect_near(merge_at_once(two_inputs({3}, base, base, base)), base);
}

TEST(nuslerp, takes_the_middle_where_the_weights_cancel) {
  expect_near(merge_at_once(two_inputs({2}, {1, 0}, {0, 1}, {}, along::whole, {2, -2})),
              {root_of_half, root_of_half});
}

TEST(nuslerp, gives_an_input_back_where_the_other_weighs_nothing) {
  const numbers a{0.3, -0.2, 0.9}, b{0.1, 0.5, 0.25};
  expect_near(merge_at_once(two_inputs({3}, a, b, {}, along::whole, {2, 0})), a);
  expect_near(merge_at_once(two_inputs({3}, a, b, {}, along::whole, {0, 2})), b);
}

TEST(nuslerp, finds_an_angle_for_each_row) {
  // A right angle, then one line.
  expect_near(merge_at_once(two_inputs({2, 2}, {1, 0, 1, 1}, {0, 1, 3, 3}, {}, along::rows)),
              {root_of_half, root_of_half, 2, 2});
}

TEST(nuslerp, finds_an_angle_for_each_column) {
  expect_near(merge_at_once(two_inputs({2, 2}, {1, 1, 0, 1}, {0, 3, 1, 3}, {}, along::columns)),
              {root_of_half, 2, root_of_half, 2});
}

TEST(nuslerp, treats_the_first_axis_of_three_as_columns) {
  // Vectors of two elements, four apart.
  expect_near(merge_at_once(two_inputs({2, 2, 2}, {1, 1, 1, 0, 0, 1, 2, 0},
                                       {0, 3, 3, 3, 1, 3, 6, 4}, {}, along::columns)),
              {root_of_half, 2, 2, 3 * root_of_half, root_of_half, 2, 4, 4 * root_of_half});
}

TEST(nuslerp, treats_a_tensor_of_one_axis_as_one_vector_in_every_mode) {
  const numbers a{1, 2, -1}, b{0.5, -2, 3};
  const merge_outcome<float> whole = merge_at_once(two_inputs({3}, a, b));
  for (const along vectors : {along::rows, along::columns}) {
    EXPECT_EQ(merge_at_once(two_inputs({3}, a, b, {}, vectors)).values, whole.values);
  }
}

TEST(nuslerp, merges_scalars_and_empty_tensors_in_every_mode) {
  for (const along vectors : {along::whole, along::rows, along::columns}) {
    expect_near(merge_at_once(two_inputs({}, {2}, {4}, {}, vectors)), {3});
    expect_near(merge_at_once(two_inputs({0, 4}, {}, {}, {}, vectors)), {});
    expect_near(merge_at_once(two_inputs({4, 0}, {}, {}, {}, vectors)), {});
  }
}

TEST(nuslerp, keeps_a_nan_within_its_row_or_column) {
  const double nan = std::nan("");
  const numbers a{1, nan, 2, 1}, b{1, 1, 2, 1};
  const auto is_nan = [](const merge_outcome<float>& outcome) {
    std::vector<bool> list;
    for (const float x : outcome.values) list.push_back(std::isnan(x));
    return list;
  };
  using flags = std::vector<bool>;
  EXPECT_EQ(is_nan(merge_at_once(two_inputs({2, 2}, a, b))), (flags{true, true, true, true}));
  EXPECT_EQ(is_nan(merge_at_once(two_inputs({2, 2}, a, b, {}, along::rows))),
            (flags{true, true, false, false}));
  EXPECT_EQ(is_nan(merge_at_once(two_inputs({2, 2}, a, b, {}, along::columns))),
            (flags{false, true, false, true}));
}

TEST(nuslerp, reports_more_columns_than_it_may_take_memory_for) {
  constexpr std::uint64_t columns = (1 << 20) + 1;
  merge_case<nuslerp, bfloat16> given({1, columns}, {{}, {}});
  given.inputs.assign(2, std::vector<bfloat16>(columns));
  given.shared = {.nuslerp_flatten = false, .nuslerp_row_wise = true};
  EXPECT_NE(merge_at_once(given).problem.find("more than 1048576 columns"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge
