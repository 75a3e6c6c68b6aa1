#include <tensormerge/config/value_path.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(value_path, reads_like_an_access) {
  const value_path root;
  const node_entry models{"models", {}, {}}, weight{"weight", {}, {}};
  const value_path list(root, models), item(list, 1), leaf(item, weight);
  EXPECT_EQ(root.text(), "");
  EXPECT_EQ(leaf.text(), "models[1].weight");
  EXPECT_EQ(leaf.depth(), 3U);
  EXPECT_EQ(leaf.entry(), &weight);
  EXPECT_EQ(item.entry(), nullptr);
}

}  // namespace
}  // namespace tensormerge
