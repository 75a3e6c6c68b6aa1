#include <tensormerge/config/schema/canonical_text.hpp>

#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

std::string canonical(const std::string& yaml) { return canonical_text(load_yaml(yaml, "f.yml")); }

TEST(canonical_text, is_the_same_for_equal_values_alone) {
  EXPECT_EQ(canonical("{a: 1, b: [x, null]}"), canonical("{b: [x, null], a: 1.0}"));
  EXPECT_EQ(canonical("-0.0"), canonical("0"));
  EXPECT_NE(canonical("1"), canonical("'1'"));
  EXPECT_NE(canonical("true"), canonical("1"));
  EXPECT_NE(canonical("[1, 2]"), canonical("[2, 1]"));
  EXPECT_NE(canonical("[]"), canonical("{}"));
  EXPECT_NE(canonical("['a,b']"), canonical("[a, b]"));
  EXPECT_NE(canonical("['a\",\"b']"), canonical("[a, b]"));
}

}  // namespace
}  // namespace tensormerge::schema
