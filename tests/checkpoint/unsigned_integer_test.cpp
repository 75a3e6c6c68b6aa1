#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/unsigned_integer.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

TEST(unsigned_integer, is_exact_over_all_64_bits) {
  EXPECT_EQ(unsigned_integer(load_json("0", "t")), 0u);
  EXPECT_EQ(unsigned_integer(load_json("9007199254740993", "t")), 9007199254740993u);
  EXPECT_EQ(unsigned_integer(load_json("18446744073709551615", "t")),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(unsigned_integer, refuses_everything_else) {
  for (const char* text :
       {"-1", "-0", "1.0", "1e2", "18446744073709551616", "\"1\"", "true", "null", "[1]", "{}"}) {
    EXPECT_EQ(unsigned_integer(load_json(text, "t")), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tensormerge
