#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/document/edit_node.hpp>

namespace tensormerge {
namespace {

TEST(make_node, gives_text_and_value) {
  EXPECT_EQ(make_boolean(true).text, "true");
  EXPECT_EQ(make_boolean(true).number, 1);
  EXPECT_EQ(make_integer(std::numeric_limits<std::int64_t>::min()).text, "-9223372036854775808");
  EXPECT_EQ(make_string("yes").type, node::kind::string);
  EXPECT_FALSE(make_string("yes").plain);
}

TEST(set, replaces_in_place_and_appends_new_keys) {
  node mapping = make_mapping();
  set(mapping, "a", make_integer(1));
  set(mapping, "b", make_integer(2));
  set(mapping, "a", make_integer(3));
  ASSERT_EQ(mapping.entries.size(), 2u);
  EXPECT_EQ(mapping.entries[0].key, "a");
  EXPECT_EQ(mapping.entries[0].value.number, 3);
  EXPECT_EQ(mapping.entries[1].key, "b");
}

TEST(set, makes_a_mapping_of_null_and_returns_the_value_in_its_place) {
  node document;
  node& inner = set(document, "outer", make_mapping());
  set(inner, "key", make_string("value"));
  EXPECT_TRUE(document.is_mapping());
  EXPECT_EQ(document.find("outer")->find("key")->text, "value");
}

}  // namespace
}  // namespace tensormerge
