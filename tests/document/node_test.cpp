#include <gtest/gtest.h>

#include <tensormerge/document/edit_node.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {
namespace {

TEST(node, knows_its_kind) {
  EXPECT_TRUE(node{}.is_null());
  EXPECT_TRUE(make_integer(3).is_number());
  EXPECT_TRUE(make_string("a").is_scalar());
  EXPECT_FALSE(make_sequence().is_scalar());
  EXPECT_EQ(to_string(make_mapping().type), "a mapping");
}

TEST(node, finds_keys_of_mappings_only) {
  node mapping = make_mapping();
  set(mapping, "weight", make_integer(1));
  ASSERT_NE(mapping.find("weight"), nullptr);
  EXPECT_EQ(mapping.find("weight")->number, 1);
  EXPECT_EQ(mapping.find("density"), nullptr);
  EXPECT_EQ(make_string("weight").find("weight"), nullptr);
}

}  // namespace
}  // namespace tensormerge
