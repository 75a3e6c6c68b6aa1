#include <gtest/gtest.h>

#include <tensormerge/tensor/tile_size.hpp>

namespace tensormerge {
namespace {

TEST(tile_alignment, is_a_block_unless_rows_are_asked_for) {
  const tensor_facts tensor{.elements = 3000, .row_length = 300};
  EXPECT_EQ(tile_alignment(tensor, 0), block_elements);
  EXPECT_EQ(tile_alignment(tensor, 1), 300u);
  EXPECT_EQ(tile_alignment(tensor, 4), 1200u);
}

TEST(tile_alignment, is_at_most_the_tensor) {
  EXPECT_EQ(tile_alignment({.elements = 3000, .row_length = 300}, 64), 3000u);
}

TEST(tile_alignment, is_never_zero) {
  EXPECT_EQ(tile_alignment({.elements = 0, .row_length = 0}, 4), 1u);
  EXPECT_EQ(tile_alignment({.elements = 0, .row_length = 5}, 4), 1u);
}

TEST(aligned_tile, is_the_largest_multiple_and_at_least_one) {
  EXPECT_EQ(aligned_tile(2048, 256), 2048u);
  EXPECT_EQ(aligned_tile(2048, 300), 1800u);
  EXPECT_EQ(aligned_tile(2048, 5000), 5000u);
}

}  // namespace
}  // namespace tensormerge
