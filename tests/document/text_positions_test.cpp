#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/text_positions.hpp>

namespace tensormerge {
namespace {

TEST(text_positions, counts_lines_and_columns_from_one) {
  const text_positions positions("ab\ncd\n");
  EXPECT_EQ(positions.at(0), (text_position{1, 1}));
  EXPECT_EQ(positions.at(1), (text_position{1, 2}));
  EXPECT_EQ(positions.at(2), (text_position{1, 3}));
  EXPECT_EQ(positions.at(3), (text_position{2, 1}));
  EXPECT_EQ(positions.at(6), (text_position{3, 1}));
}

TEST(text_positions, takes_the_end_for_offsets_beyond_it) {
  EXPECT_EQ(text_positions("").at(5), (text_position{1, 1}));
  EXPECT_EQ(text_positions("ab").at(50), (text_position{1, 3}));
}

TEST(text_positions, counts_code_points_not_bytes) {
  const text_positions positions("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x");
  EXPECT_EQ(positions.at(2), (text_position{1, 2}));
  EXPECT_EQ(positions.at(5), (text_position{1, 3}));
  EXPECT_EQ(positions.at(9), (text_position{1, 4}));
}

TEST(text_positions, a_byte_order_mark_is_no_column) {
  const text_positions positions(
      "\xEF\xBB\xBF"
      "ab\nc");
  EXPECT_EQ(positions.at(0), (text_position{1, 1}));
  EXPECT_EQ(positions.at(3), (text_position{1, 1}));
  EXPECT_EQ(positions.at(4), (text_position{1, 2}));
  EXPECT_EQ(positions.at(6), (text_position{2, 1}));
}

TEST(text_positions, agrees_with_counting_across_blocks) {
  std::string text;
  while (text.size() < 2000)
    text +=
        "\xC3\xA9"
        "ab";
  const text_positions positions(text);
  std::uint32_t column = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++column;
    ASSERT_EQ(positions.at(i).line, 1u);
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ASSERT_EQ(positions.at(i).column, column) << i;
    }
  }
}

}  // namespace
}  // namespace tensormerge
