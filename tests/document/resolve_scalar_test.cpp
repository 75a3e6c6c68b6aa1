#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/document/resolve_scalar.hpp>

namespace tensormerge {
namespace {

using kind = node::kind;
constexpr double infinity = std::numeric_limits<double>::infinity();

struct scalar_case {
  std::string text;
  kind type;
  double number = 0;
};

// What PyYAML 6 makes of the text; where that is text, what YAML 1.2's core schema makes of it.
const scalar_case cases[] = {
    {"", kind::null},
    {"~", kind::null},
    {"null", kind::null},
    {"Null", kind::null},
    {"nUll", kind::string},
    {"none", kind::string},
    {"true", kind::boolean, 1},
    {"Yes", kind::boolean, 1},
    {"ON", kind::boolean, 1},
    {"no", kind::boolean, 0},
    {"off", kind::boolean, 0},
    {"FALSE", kind::boolean, 0},
    {"y", kind::string},
    {"n", kind::string},
    {"yEs", kind::string},
    {"0", kind::integer, 0},
    {"-0", kind::integer, 0},
    {"+12", kind::integer, 12},
    {"010", kind::integer, 8},
    {"0o17", kind::integer, 15},
    {"0x1F", kind::integer, 31},
    {"-0x1f", kind::integer, -31},
    {"0b11", kind::integer, 3},
    {"1_000", kind::integer, 1000},
    {"1:30", kind::integer, 90},
    {"1:60", kind::string},
    {"-2:05:10", kind::integer, -7510},
    {"08", kind::integer, 8},
    {"0x", kind::string},
    {"0xg", kind::string},
    {"_1", kind::string},
    {"1_", kind::integer, 1},
    {"08_1", kind::string},
    {"0.5", kind::number, 0.5},
    {".5", kind::number, 0.5},
    {"5.", kind::number, 5},
    {"-.5", kind::number, -0.5},
    {"1e-5", kind::number, 1e-5},
    {"2.5e3", kind::number, 2500},
    {"1.0e-5", kind::number, 1e-5},
    {"1E+2", kind::number, 100},
    {"1_0.5", kind::number, 10.5},
    {"1_0e5", kind::string},
    {"._5", kind::string},
    {".", kind::string},
    {"e5", kind::string},
    {"1e", kind::string},
    {"1e+", kind::string},
    {"1.2.3", kind::string},
    {"1-2", kind::string},
    {"7b", kind::string},
    {"+", kind::string},
    {"-", kind::string},
    {"--1", kind::string},
    {"50%", kind::string},
    {"0,5", kind::string},
    {"2024-01-15", kind::string},
    {".inf", kind::number, infinity},
    {"-.INF", kind::number, -infinity},
    {"1e999", kind::number, infinity},
    {"-1e999", kind::number, -infinity},
    {"1e-999", kind::number, 0},
    {"0e999", kind::number, 0},
    {"1e99999999999999999999999", kind::number, infinity},
    {"1e-99999999999999999999999", kind::number, 0},
    {"1" + std::string(400, '0') + ".0", kind::number, infinity},
    {"0." + std::string(400, '0') + "1", kind::number, 0},
};

TEST(resolve_scalar, reads_as_yaml_1_1_and_then_as_yaml_1_2) {
  for (const scalar_case& row : cases) {
    const resolved_scalar found = resolve_scalar(row.text);
    EXPECT_EQ(found.type, row.type) << row.text;
    EXPECT_EQ(found.number, row.number) << row.text;
  }
  EXPECT_TRUE(std::isnan(resolve_scalar(".NaN").number));
}

TEST(is_text_in_yaml_1_1, tells_the_numbers_that_mergekit_reads_as_text) {
  for (const std::string_view text :
       {"1e5", "1e-5", "2.5e3", "-.5", "+.5", "0o17", "08", "-09", "1E+2"}) {
    EXPECT_TRUE(is_text_in_yaml_1_1(text)) << text;
  }
  for (const std::string_view text : {"0", "010", "12", "-1", "0.5", ".5", "1.0e-5", "1.e+5",
                                      "0x1e5", "-.inf", "0.8", "1:30", "0b11", "1_000"}) {
    EXPECT_FALSE(is_text_in_yaml_1_1(text)) << text;
  }
}

}  // namespace
}  // namespace tensormerge
