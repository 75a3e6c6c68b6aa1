#include <cstddef>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/pcb.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<pcb, float> balanced(std::vector<numbers> deltas, double density) {
  const numbers base(deltas[0].size(), 1);
  for (numbers& delta : deltas) {
    for (double& x : delta) x += 1;
  }
  const std::size_t count = deltas.size();
  merge_case<pcb, float> given({base.size()}, std::move(deltas), base);
  given.set(&pcb_input_parameters::density, numbers(count, density));
  return given;
}

TEST(pcb, takes_each_element_from_the_models_in_which_its_score_is_high) {
  // The third element scores highest in both; of the others, each model's own.
  const std::vector<numbers> deltas{{1, 0, 2}, {0, -1, 2}};
  expect_values(merge_at_once(balanced(deltas, 0.7)), {2, 0, 3});
  expect_values(merge_at_once(balanced(deltas, 0.4)), {1, 1, 3});
  expect_values(merge_at_once(balanced(deltas, 0)), {1, 1, 1});
}

TEST(pcb, is_the_mean_where_all_scores_are_alike) {
  expect_values(merge_at_once(balanced({{1, 1}, {-3, -3}}, 1)), {0, 0});
}

TEST(pcb, weighs_each_model) {
  auto given = balanced({{1, 0, 2}, {0, -1, 2}}, 0.7);
  given.set(&pcb_input_parameters::weight, {2, 4});
  given.shared.lambda = 0.5;
  expect_values(merge_at_once(given), {2, -1, 4});
}

TEST(pcb, drops_alike_what_scores_alike) {
  // One element is asked for, and two are as good.
  expect_values(merge_at_once(balanced({{2, -2, 1}}, 0.34)), {3, -1, 1});
}

}  // namespace
}  // namespace tensormerge
