#include <tensormerge/config/settings.hpp>

#include <gtest/gtest.h>

#include <tensormerge/config/read_values.hpp>
#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge {
namespace {

TEST(settings, keep_order_and_places_and_are_found_by_name) {
  settings result;
  read_value(load_yaml("t: 0.5\nlambda: [1, 2]\n", "c.yml"), result, value_path());
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[1].name, "lambda");
  EXPECT_EQ(result.entries[1].name_at, (text_position{2, 1}));
  EXPECT_EQ(result.find("lambda")->path(), "lambda");
  EXPECT_EQ(result.find("weight"), nullptr);
}

}  // namespace
}  // namespace tensormerge
