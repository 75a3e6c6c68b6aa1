#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/passthrough.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(passthrough, scales_where_asked) {
  merge_case<passthrough, float> given({2}, {{1, -2}});
  given.per_input[0].scale = 0.5;
  expect_values(merge_at_once(given), {0.5, -1});
  EXPECT_FALSE(passthrough::copies(given.per_input[0]));
}

TEST(passthrough, copies_without_a_scale) {
  const merge_case<passthrough, float> given({2}, {{1, -2}});
  expect_values(merge_at_once(given), {1, -2});
  EXPECT_TRUE(passthrough::copies(given.per_input[0]));
}

}  // namespace
}  // namespace tensormerge
