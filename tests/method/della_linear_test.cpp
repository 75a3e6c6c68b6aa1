#include <cstddef>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/della_linear.hpp>

#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(della_linear, adds_what_is_left_of_each_model_whatever_its_sign) {
  constexpr std::size_t count = 1000;
  merge_case<della_linear, float> given({count}, {numbers(count, 1), numbers(count, -3)},
                                        numbers(count, 0));
  given.set(&della_linear_input_parameters::weight, {0.5, 1});
  given.set(&della_linear_input_parameters::density, {0.5, 0.5});
  given.shared.rescale = false;
  std::map<float, std::size_t> seen;
  for (const float x : merge_at_once(given).values) ++seen[x];
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0] + seen[0.5f] + seen[-3] + seen[-2.5f], count);
}

}  // namespace
}  // namespace tensormerge
