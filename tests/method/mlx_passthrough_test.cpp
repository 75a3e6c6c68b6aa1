#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/mlx_passthrough.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(mlx_passthrough, copies_its_model) {
  const merge_case<mlx_passthrough, float> given({2}, {{1, -2}});
  expect_values(merge_at_once(given), {1, -2});
  EXPECT_TRUE(mlx_passthrough::copies(given.per_input[0]));
}

}  // namespace
}  // namespace tensormerge
