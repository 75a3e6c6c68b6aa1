#include <tensormerge/config/schema/decimal.hpp>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

bool multiple(const char* yaml, double step) { return is_multiple(load_yaml(yaml, "f"), step); }

TEST(decimal, multiples_are_found_in_decimals) {
  EXPECT_TRUE(multiple("0.3", 0.1));
  EXPECT_TRUE(multiple("19.99", 0.01));
  EXPECT_TRUE(multiple("-1.5e+300", 0.5));
  EXPECT_TRUE(multiple("0", 7));
  EXPECT_FALSE(multiple("0.015", 0.01));
  EXPECT_FALSE(multiple("25", 50));
  EXPECT_FALSE(multiple("1.0e+308", 0.123456789));
}

TEST(decimal, integers_that_no_double_holds_are_taken_as_written) {
  EXPECT_FALSE(multiple("9007199254740993", 2));
  EXPECT_TRUE(multiple("9007199254740994", 2));
}

TEST(decimal, octal_and_hexadecimal_numbers_count_by_value) {
  EXPECT_TRUE(multiple("0x10", 16));
  EXPECT_FALSE(multiple(".inf", 1));
}

}  // namespace
}  // namespace tensormerge::schema
