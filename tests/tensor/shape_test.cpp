#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/tensor/shape.hpp>

namespace tensormerge {
namespace {

TEST(shape, counts_elements) {
  EXPECT_EQ((shape{2, 3, 4}.elements()), 24u);
  EXPECT_EQ(shape{}.elements(), 1u);
  EXPECT_EQ((shape{5, 0, 7}.elements()), 0u);
}

TEST(shape, refuses_a_count_beyond_64_bits) {
  constexpr std::uint64_t half = std::uint64_t{1} << 32;
  EXPECT_EQ((shape{half, half}.checked_elements()), std::nullopt);
  EXPECT_EQ((shape{half, half - 1}.checked_elements()), half * (half - 1));
  EXPECT_EQ((shape{std::numeric_limits<std::uint64_t>::max(), 2}.elements()), 0u);
}

TEST(shape, has_no_elements_where_an_extent_is_zero_whatever_the_others) {
  constexpr std::uint64_t half = std::uint64_t{1} << 32;
  EXPECT_EQ((shape{half, half, 0}.checked_elements()), 0u);
}

TEST(shape, has_rows_along_the_last_axis_and_columns_along_the_first) {
  EXPECT_EQ((shape{2, 3, 4}.row_length()), 4u);
  EXPECT_EQ((shape{2, 3, 4}.column_length()), 2u);
  EXPECT_EQ(shape{7}.row_length(), 7u);
  EXPECT_EQ(shape{7}.column_length(), 7u);
  EXPECT_EQ(shape{}.row_length(), 1u);
  EXPECT_EQ(shape{}.column_length(), 1u);
}

TEST(shape, is_written_in_brackets) {
  EXPECT_EQ(to_string(shape{32000, 4096}), "[32000, 4096]");
  EXPECT_EQ(to_string(shape{7}), "[7]");
  EXPECT_EQ(to_string(shape{}), "[]");
}

}  // namespace
}  // namespace tensormerge
