#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/ram.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<ram, float> mean_of(std::vector<numbers> inputs, const numbers& base) {
  return {{base.size()}, std::move(inputs), base};
}

TEST(ram, averages_over_the_models_that_change_an_element) {
  expect_values(merge_at_once(mean_of({{3, 1, 1}, {5, 2, 1}, {1, 1, 1}}, {1, 1, 1})),
                {1 + 3, 2, 1});
}

TEST(ram, counts_changes_up_to_epsilon_as_none) {
  auto given = mean_of({{0.5, 0.25}, {1, 0.75}}, {0, 0});
  given.shared.epsilon = 0.5;
  expect_values(merge_at_once(given), {1, 0.75});
}

TEST(ram, compares_with_epsilon_before_it_is_rounded) {
  // 0.1 is not a bfloat16 or float: a change of the float above it counts, of the one below not.
  merge_case<ram, bfloat16> given({2}, {{0.10009765625, 0.099609375}}, {0, 0});
  given.shared.epsilon = 0.1;
  EXPECT_EQ(loaded(merge_at_once(given).values), (numbers{0.10009765625, 0}));
}

}  // namespace
}  // namespace tensormerge
