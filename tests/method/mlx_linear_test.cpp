#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/mlx_linear.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(mlx_linear, interpolates_from_the_base_to_the_model) {
  merge_case<mlx_linear, float> given({2}, {{5, 10}}, {1, 2});
  expect_values(merge_at_once(given), {3, 6});  // t = 0.5
  given.shared.t = 0.25;
  expect_values(merge_at_once(given), {2, 4});
  given.shared.t = 0;
  expect_values(merge_at_once(given), {1, 2});
  given.shared.t = 1;
  expect_values(merge_at_once(given), {5, 10});
}

}  // namespace
}  // namespace tensormerge
