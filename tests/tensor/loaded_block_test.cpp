#include <array>

#include <gtest/gtest.h>

#include <tensormerge/tensor/loaded_block.hpp>

namespace tensormerge {
namespace {

TEST(loaded_block, holds_stored_elements_in_the_compute_type) {
  const std::array<bfloat16, 3> stored{to_bfloat16(1), to_bfloat16(-2.5f), to_bfloat16(0)};
  const loaded_block<float, bfloat16> block(stored.data(), stored.size());
  EXPECT_EQ(block.data()[0], 1.0f);
  EXPECT_EQ(block.data()[1], -2.5f);
  EXPECT_EQ(block.data()[2], 0.0f);
}

TEST(loaded_block, is_the_tiles_own_memory_where_that_has_the_compute_type) {
  const std::array<double, 2> values{1, 2};
  EXPECT_EQ((loaded_block<double, double>(values.data(), 2).data()), values.data());
}

}  // namespace
}  // namespace tensormerge
