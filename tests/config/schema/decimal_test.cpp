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

TEST(decimal, multiples_of_large_powers_of_two_are_exact) {
  EXPECT_FALSE(multiple("55340232221128654848", 0x1p65));  // 1.5 * 2^65
  EXPECT_TRUE(multiple("73786976294838206464", 0x1p65));
  EXPECT_TRUE(multiple("3541774862152233910272", 0x1p70));
  EXPECT_FALSE(multiple("1.5e+300", 0.7e+300));
}

TEST(decimal, octal_and_hexadecimal_numbers_count_by_value) {
  EXPECT_TRUE(multiple("0x10", 16));
  EXPECT_FALSE(multiple(".inf", 1));
}

}  // namespace
}  // namespace tensormerge::schema
