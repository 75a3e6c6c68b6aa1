#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/dare_linear.hpp>
#include <tensormerge/policy/random/bernoulli.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(dare_linear, adds_what_the_draws_leave_with_the_norm_restored) {
  constexpr std::size_t count = 1000;
  const numbers base = random_values(count, 1), other = random_values(count, 2);
  merge_case<dare_linear, float> given({count}, {other}, base);
  given.set(&dare_linear_input_parameters::weight, {0.7});
  given.set(&dare_linear_input_parameters::density, {0.4});
  given.random_key = 5;
  // The definition, with the draws of the first input.
  const bernoulli draws(0.4, 5, 0);
  numbers delta, kept(count);
  for (std::size_t i = 0; i < count; ++i) {
    delta.push_back(static_cast<double>(given.inputs[0][i]) - static_cast<double>(given.base[i]));
  }
  for (std::size_t first = 0; first < count; first += block_elements) {
    draws.draw(first, std::min(block_elements, count - first), kept.data() + first);
  }
  double all = 0, left = 0;
  for (std::size_t i = 0; i < count; ++i) {
    all += std::abs(delta[i]);
    left += std::abs(kept[i] * delta[i]);
  }
  numbers expected;
  for (std::size_t i = 0; i < count; ++i) {
    const double change = 0.7 * (kept[i] * delta[i]) * (all / left);
    expected.push_back(static_cast<double>(given.base[i]) + change);
  }
  const merge_outcome<float> outcome = merge_at_once(given);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_FLOAT_EQ(outcome.values[i], static_cast<float>(expected[i])) << i;
  }
}

TEST(dare_linear, draws_other_elements_for_each_input) {
  constexpr std::size_t count = 2000;
  merge_case<dare_linear, float> given({count}, {numbers(count, 1), numbers(count, 2)},
                                       numbers(count, 0));
  given.set(&dare_linear_input_parameters::weight, {1, 1});
  given.set(&dare_linear_input_parameters::density, {0.5, 0.5});
  given.shared.rescale = false;
  double sums[4] = {};
  for (const float x : merge_at_once(given).values) sums[static_cast<int>(x)] += 1;
  for (const double sum : sums) EXPECT_NEAR(sum, 500, 4 * std::sqrt(count * 0.25 * 0.75));
}

TEST(dare_linear, merges_whole_task_vectors_at_density_1) {
  merge_case<dare_linear, float> given({2}, {{3, 1}}, {1, 2});
  given.set(&dare_linear_input_parameters::weight, {0.5});
  expect_values(merge_at_once(given), {2, 1.5});
}

}  // namespace
}  // namespace tensormerge
