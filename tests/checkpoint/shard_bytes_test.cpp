#include <tensormerge/checkpoint/shard_bytes.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(parse_shard_bytes, knows_decimal_units_in_either_case) {
  EXPECT_EQ(parse_shard_bytes("5B"), 5'000'000'000u);
  EXPECT_EQ(parse_shard_bytes("5GB"), 5'000'000'000u);
  EXPECT_EQ(parse_shard_bytes("500m"), 500'000'000u);
  EXPECT_EQ(parse_shard_bytes("500MB"), 500'000'000u);
  EXPECT_EQ(parse_shard_bytes("7k"), 7'000u);
  EXPECT_EQ(parse_shard_bytes("2t"), 2'000'000'000'000u);
  EXPECT_EQ(parse_shard_bytes("123"), 123u);
}

TEST(parse_shard_bytes, refuses_what_is_no_size) {
  for (const char* text : {"", "B", "0", "0B", "-1", "5X", "5BB", "5GiB", "1.5B", "5 B", " 5",
                           "99999999999999999999", "99999999999t"}) {
    EXPECT_EQ(parse_shard_bytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tensormerge
