#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {
namespace {

using blocks = std::vector<std::pair<std::size_t, std::size_t>>;

blocks blocks_of(std::size_t size) {
  blocks list;
  const tile<float> piece{.inputs = {}, .base = nullptr, .size = size, .first = 4096};
  for_each_block(piece, [&](std::size_t begin, std::size_t count) {
    list.emplace_back(begin, count);
  });
  return list;
}

TEST(for_each_block, visits_whole_blocks_and_what_is_left) {
  EXPECT_EQ(blocks_of(512), (blocks{{0, 256}, {256, 256}}));
  EXPECT_EQ(blocks_of(600), (blocks{{0, 256}, {256, 256}, {512, 88}}));
  EXPECT_EQ(blocks_of(3), (blocks{{0, 3}}));
  EXPECT_EQ(blocks_of(0), blocks{});
}

}  // namespace
}  // namespace tensormerge
