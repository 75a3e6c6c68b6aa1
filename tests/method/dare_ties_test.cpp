#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/dare_ties.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(dare_ties, elects_signs_among_what_the_draws_leave) {
  constexpr std::size_t count = 4000;
  merge_case<dare_ties, float> given({count}, {numbers(count, 1), numbers(count, -2)},
                                     numbers(count, 0));
  given.set(&dare_ties_input_parameters::weight, {1, 1});
  given.set(&dare_ties_input_parameters::density, {0.5, 0.5});
  given.shared.rescale = false;
  std::map<float, double> seen;
  for (const float x : merge_at_once(given).values) seen[x] += 1;
  // Wherever the second is left it wins; the first needs it to be dropped.
  const double deviation = std::sqrt(count * 0.25);
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_NEAR(seen[-2], count * 0.5, 4 * deviation);
  EXPECT_NEAR(seen[1], count * 0.25, 4 * deviation);
  EXPECT_NEAR(seen[0], count * 0.25, 4 * deviation);
}

TEST(dare_ties, sums_those_that_agree_at_density_1) {
  merge_case<dare_ties, float> given({2}, {{3, 1}, {2, -9}}, {1, 1});
  given.set(&dare_ties_input_parameters::weight, {1, 1});
  expect_values(merge_at_once(given), {4, -9});
}

}  // namespace
}  // namespace tensormerge
