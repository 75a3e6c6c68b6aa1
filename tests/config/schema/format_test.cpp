#include <tensormerge/config/schema/format.hpp>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge::schema {
namespace {

TEST(format, is_looked_for_in_texts_alone) {
  findings found;
  check_format(load_yaml("[1]", "f"), value_path(), "date", found);
  EXPECT_TRUE(found.empty());
  check_format(load_yaml("'2024-13-01'", "f"), value_path(), "date", found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(to_string(found[0].what),
            "error: wrong text, expected text of the format date, found `2024-13-01`");
}

TEST(format, has_a_check_for_each_known_name) {
  EXPECT_NE(find_format("uri-template"), nullptr);
  EXPECT_EQ(find_format("idn-hostname"), nullptr);
}

}  // namespace
}  // namespace tensormerge::schema
