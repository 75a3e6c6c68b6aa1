#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/breadcrumbs.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<breadcrumbs, float> middle(std::vector<numbers> inputs, const numbers& densities,
                                      const numbers& gammas) {
  merge_case<breadcrumbs, float> given({inputs[0].size()}, inputs, numbers(inputs[0].size(), 0));
  given.set(&breadcrumbs_input_parameters::weight, numbers(inputs.size(), 1));
  given.set(&breadcrumbs_input_parameters::density, densities);
  given.set(&breadcrumbs_input_parameters::gamma, gammas);
  return given;
}

TEST(breadcrumbs, adds_the_middle_of_each_task_vector) {
  expect_values(merge_at_once(middle({{5, -4, 3, 2, 1}, {1, 1, 9, 2, 3}}, {0.4, 0.6}, {0.2, 0.2})),
                {0, -3, 3, 2, 3});
}

TEST(breadcrumbs, restores_norms_where_asked) {
  auto given = middle({{5, -4, 3, 2, 1}}, {0.4}, {0.2});
  given.shared.rescale = true;
  expect_values(merge_at_once(given), {0, -4 * 15.0 / 7, 3 * 15.0 / 7, 0, 0});
}

TEST(breadcrumbs, keeps_exactly_the_truncated_share_even_if_none) {
  expect_values(merge_at_once(middle({{5, -4, 3}}, {0.3}, {0})), {0, 0, 0});
}

}  // namespace
}  // namespace tensormerge
