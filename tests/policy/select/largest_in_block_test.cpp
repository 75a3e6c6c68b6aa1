#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/largest_in_block.hpp>

namespace tensormerge {
namespace {

using numbers = std::vector<float>;

numbers largest(const numbers& values, std::size_t wanted, numbers available = {}) {
  if (available.empty()) available.assign(values.size(), 1);
  numbers kept(values.size());
  largest_in_block(values.data(), available.data(), values.size(), wanted, kept.data());
  return kept;
}

TEST(largest_in_block, marks_the_largest_magnitudes) {
  EXPECT_EQ(largest({1, -5, 3, 0}, 2), (numbers{0, 1, 1, 0}));
}

TEST(largest_in_block, takes_equal_magnitudes_from_the_front) {
  EXPECT_EQ(largest({2, -2, 2, -2, 1}, 3), (numbers{1, 1, 1, 0, 0}));
}

TEST(largest_in_block, leaves_out_what_is_not_available) {
  EXPECT_EQ(largest({9, 8, 7, 6}, 2, {0, 1, 0, 1}), (numbers{0, 1, 0, 1}));
  EXPECT_EQ(largest({9, 8, 7, 6}, 3, {0, 1, 0, 1}), (numbers{0, 1, 0, 1}));
}

TEST(largest_in_block, marks_none_or_all) {
  EXPECT_EQ(largest({1, 2}, 0), (numbers{0, 0}));
  EXPECT_EQ(largest({1, 2}, 2), (numbers{1, 1}));
}

TEST(largest_in_block, takes_a_nan_first) {
  EXPECT_EQ(largest({9, std::numeric_limits<float>::quiet_NaN(), 7}, 1), (numbers{0, 1, 0}));
}

}  // namespace
}  // namespace tensormerge
