#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/row_masks.hpp>

namespace tensormerge {
namespace {

TEST(row_masks, give_back_what_was_put) {
  constexpr std::size_t row_length = block_elements + 45;
  const tensor_facts facts = matrix_facts(2, row_length);
  std::vector<std::uint32_t> words(row_masks::words_for(facts), ~0u);
  const row_masks masks(words, facts);
  const auto kept = [](std::size_t row, std::size_t column) {
    return (column * 7 + row) % 3 == 0 ? 1.0f : 0.0f;
  };
  for (const std::size_t row : {1u, 0u}) {
    for (std::size_t column = 0; column < row_length; column += block_elements) {
      std::vector<float> block;
      const std::size_t size = std::min(block_elements, row_length - column);
      for (std::size_t i = 0; i < size; ++i) block.push_back(kept(row, column + i));
      masks.put(row, column, size, block.data());
    }
  }
  for (const std::size_t row : {0u, 1u}) {
    std::vector<float> first(block_elements), rest(45);
    masks.get(row, 0, first.size(), first.data());
    masks.get(row, block_elements, rest.size(), rest.data());
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i], kept(row, i));
    for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(rest[i], kept(row, block_elements + i));
  }
}

TEST(row_masks, have_the_rows_that_fit) {
  const tensor_facts small = matrix_facts(5, 33);
  std::vector<std::uint32_t> words(row_masks::words_for(small));
  EXPECT_EQ(words.size(), 10u);
  EXPECT_TRUE(row_masks(words, small).has(4));
  EXPECT_FALSE(row_masks(words, small).has(5));
  EXPECT_FALSE(row_masks().has(0));
}

TEST(row_masks, take_4_mib_at_most) {
  constexpr std::size_t most = std::size_t{1} << 20;
  EXPECT_EQ(row_masks::words_for(matrix_facts(1 << 20, 1 << 20)), most);
  EXPECT_LE(row_masks::words_for(matrix_facts(1 << 20, 100'000)), most);
  EXPECT_EQ(row_masks::words_for(vector_facts(std::uint64_t{1} << 40)), 0u);  // not one row fits
  EXPECT_EQ(row_masks::words_for(vector_facts(0)), 0u);
}

}  // namespace
}  // namespace tensormerge
