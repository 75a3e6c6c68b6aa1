#include <gtest/gtest.h>

#include <tensormerge/checkpoint/row_map.hpp>

namespace tensormerge {
namespace {

TEST(row_map, is_zero_until_rows_are_set) {
  const row_map map(3);
  EXPECT_EQ(map.rows(), 3u);
  EXPECT_EQ(map.places(1).second, 0u);
  EXPECT_FALSE(map.has_means());
}

TEST(row_map, knows_where_each_row_comes_from) {
  row_map map(4);
  map.set(0, {1, 7});
  map.set_mean(1, {{0, 2}, {1, 3}});
  map.set_mean(2, {{0, 5}});
  map.set_mean(3, {});
  EXPECT_EQ(*map.places(0).first, (row_place{1, 7}));
  EXPECT_EQ(map.places(1).second, 2u);
  EXPECT_EQ(map.places(1).first[1], (row_place{1, 3}));
  EXPECT_EQ(*map.places(2).first, (row_place{0, 5}));
  EXPECT_EQ(map.places(3).second, 0u);
  EXPECT_TRUE(map.has_means());
}

TEST(row_map, pads_behind_all_rows) {
  row_map map(2);
  map.pad(3);
  EXPECT_EQ(map.rows(), 5u);
  EXPECT_FALSE(map.is_padding(1));
  EXPECT_TRUE(map.is_padding(2));
  EXPECT_TRUE(map.has_means());
}

TEST(row_map, tells_a_tensor_that_stays_as_it_is) {
  row_map map(2);
  map.set(0, {1, 0});
  map.set(1, {1, 1});
  EXPECT_TRUE(map.is_identity(1, 2));
  EXPECT_FALSE(map.is_identity(0, 2));
  EXPECT_FALSE(map.is_identity(1, 3));
  EXPECT_TRUE(map.takes_only(1));
  map.set(1, {0, 1});
  EXPECT_FALSE(map.is_identity(1, 2));
  EXPECT_FALSE(map.takes_only(1));
  row_map with_zeros(2);
  with_zeros.set(0, {1, 0});
  EXPECT_TRUE(with_zeros.takes_only(1));
  EXPECT_FALSE(with_zeros.is_identity(1, 2));
}

}  // namespace
}  // namespace tensormerge
