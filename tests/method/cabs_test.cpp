#include <cstddef>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/cabs.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<cabs, float> shared_out(std::vector<numbers> inputs, const numbers& densities) {
  const numbers base(inputs[0].size(), 0);
  merge_case<cabs, float> given({base.size()}, std::move(inputs), base);
  given.set(&cabs_input_parameters::density, densities);
  return given;
}

TEST(cabs, lets_each_model_take_the_largest_of_what_is_left) {
  expect_values(merge_at_once(shared_out({{4, -3, 2, 1}, {9, 1, 5, 6}}, {0.5, 0.25})),
                {4, -3, 0, 6});
}

TEST(cabs, lets_the_last_take_what_is_left) {
  expect_values(merge_at_once(shared_out({{4, -3, 2, 1}, {9, 1, 5, 6}}, {0.75, 0.75})),
                {4, -3, 2, 6});
}

TEST(cabs, weighs_each_model) {
  auto given = shared_out({{4, 1}, {1, 3}}, {0.5, 0.5});
  given.set(&cabs_input_parameters::weight, {0.5, 2});
  given.shared.lambda = 0.5;
  expect_values(merge_at_once(given), {1, 3});
}

TEST(cabs, takes_as_much_from_every_block) {
  numbers rising;
  for (int i = 1; i <= 1024; ++i) rising.push_back(i);
  const merge_outcome<float> outcome = merge_at_once(shared_out({rising}, {0.25}));
  for (std::size_t i = 0; i < rising.size(); ++i) {
    EXPECT_EQ(outcome.values[i] != 0, i % 256 >= 192) << i;
  }
}

}  // namespace
}  // namespace tensormerge
