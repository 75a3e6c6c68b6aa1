#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/consensus_ta.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<consensus_ta, float> agreed(std::vector<numbers> inputs, double mask_lambda,
                                       std::int64_t min_agreement) {
  const numbers base(inputs[0].size(), 1);
  for (numbers& input : inputs) {
    for (double& x : input) x += 1;
  }
  const std::size_t count = inputs.size();
  merge_case<consensus_ta, float> given({base.size()}, std::move(inputs), base);
  given.set(&consensus_ta_input_parameters::mask_lambda, numbers(count, mask_lambda));
  given.shared.min_agreement = min_agreement;
  return given;
}

TEST(consensus_ta, keeps_the_sum_where_it_matters_to_enough_models) {
  // Elements: both alike; one alone; one beside a small one. With a share of 1/2 the small one
  // matters to its model only where it is at least half of the other.
  const std::vector<numbers> deltas{{2, 4, 4}, {2, 0, 1}};
  expect_values(merge_at_once(agreed(deltas, 0.5, 2)), {5, 1, 1});
  expect_values(merge_at_once(agreed(deltas, 0.25, 2)), {5, 1, 6});
  expect_values(merge_at_once(agreed(deltas, 0.5, 1)), {5, 5, 6});
}

TEST(consensus_ta, is_task_arithmetic_without_a_threshold) {
  auto given = agreed({{2, 4}, {-1, 0}}, 0.4, 0);
  given.set(&consensus_ta_input_parameters::weight, {1, 2});
  given.shared.lambda = 0.5;
  expect_values(merge_at_once(given), {1, 3});
}

TEST(consensus_ta, asks_for_no_more_models_than_there_are) {
  expect_values(merge_at_once(agreed({{2, 4}}, 0.4, 2)), {3, 5});
}

}  // namespace
}  // namespace tensormerge
