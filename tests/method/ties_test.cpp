#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/ties.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<ties, float> trimmed(std::vector<numbers> inputs, const numbers& base,
                                const numbers& weights, const numbers& densities) {
  merge_case<ties, float> given({base.size()}, std::move(inputs), base);
  given.set(&ties_input_parameters::weight, weights);
  given.set(&ties_input_parameters::density, densities);
  return given;
}

TEST(ties, trims_elects_and_averages) {
  // Task vectors (4, -1, 2, 0) and (-3, -2, 5, 1), trimmed to (4, 0, 2, 0) and (-3, 0, 5, 0).
  expect_values(merge_at_once(trimmed({{5, 0, 3, 1}, {-2, -1, 6, 2}}, {1, 1, 1, 1}, {1, 1},
                                      {0.5, 0.5})),
                {5, 1, 1 + 3.5, 1});
}

TEST(ties, weighs_votes_and_values) {
  // Weighted deltas 4 and -2 * 3: the second wins.
  expect_values(merge_at_once(trimmed({{5}, {-2}}, {1}, {1, 2}, {1, 1})), {-2});
}

TEST(ties, adds_up_without_normalisation) {
  auto given = trimmed({{3, 3}, {5, -1}}, {1, 1}, {1, 0.5}, {1, 1});
  given.shared.normalize = false;
  given.shared.lambda = 2;
  expect_values(merge_at_once(given), {1 + 2 * 4.0, 1 + 2 * 2.0});
}

TEST(ties, restores_norms_where_asked) {
  auto given = trimmed({{4, -2, 1, 1}}, {0, 0, 0, 0}, {1}, {0.5});
  given.shared.rescale = true;
  expect_values(merge_at_once(given), {4 * 8.0 / 6, -2 * 8.0 / 6, 0, 0});
}

TEST(ties, gives_the_base_at_density_0) {
  expect_values(merge_at_once(trimmed({{5, 6}}, {1, 2}, {1}, {0})), {1, 2});
}

TEST(ties, keeps_one_element_at_any_other_density) {
  expect_values(merge_at_once(trimmed({{5, 7}}, {1, 2}, {1}, {1e-6})), {1, 7});
}

}  // namespace
}  // namespace tensormerge
