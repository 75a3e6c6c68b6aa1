#include <tensormerge/engine/method_table.hpp>

#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>


namespace tensormerge {
namespace {

TEST(method_table, finds_methods_by_the_name_that_configurations_use) {
  const method_table methods = make_method_table(method_list);
  ASSERT_NE(find_method(methods, "ties"), nullptr);
  EXPECT_EQ(find_method(methods, "ties")->info.facts.base, base_use::required);
  EXPECT_EQ(find_method(methods, "TIES"), nullptr);
  EXPECT_EQ(find_method(methods, ""), nullptr);
}

TEST(method_table, tells_that_a_passthrough_copies_only_where_nothing_changes) {
  const method_table methods = make_method_table(method_list);
  const method_entry& passthrough = *find_method(methods, "passthrough");
  planned_tensor tensor{.name = "x", .type = dtype::bfloat16, .dims = shape{4}};
  tensor.inputs = {{0, share({.name = "x", .type = dtype::bfloat16, .dims = shape{4}})}};
  EXPECT_TRUE(passthrough.copies(tensor));
  tensor.inputs[0].parameters = {{"scale", std::nullopt}};
  EXPECT_TRUE(passthrough.copies(tensor));
  tensor.inputs[0].parameters = {{"scale", 1.0}};
  EXPECT_FALSE(passthrough.copies(tensor));
  tensor.inputs[0].parameters = {};
  tensor.type = dtype::float32;
  EXPECT_FALSE(passthrough.copies(tensor));
}

}  // namespace
}  // namespace tensormerge
