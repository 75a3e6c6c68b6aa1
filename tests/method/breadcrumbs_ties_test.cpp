#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/breadcrumbs_ties.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(breadcrumbs_ties, elects_signs_among_the_middles) {
  merge_case<breadcrumbs_ties, float> given({5}, {{5, -4, 3, 2, 1}, {1, 2, 9, -3, 1}},
                                            numbers(5, 0));
  given.set(&breadcrumbs_ties_input_parameters::weight, {1, 1});
  given.set(&breadcrumbs_ties_input_parameters::density, {0.6, 0.4});
  given.set(&breadcrumbs_ties_input_parameters::gamma, {0.2, 0.2});
  // What is left: (0, -4, 3, 2, 0) and (0, 2, 0, -3, 0).
  expect_values(merge_at_once(given), {0, -4, 3, -3, 0});
}

}  // namespace
}  // namespace tensormerge
