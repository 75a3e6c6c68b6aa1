#include <tensormerge/config/layer_range.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(layer_range, counts_layers_without_the_end) {
  EXPECT_EQ((layer_range{8, 24, {}}).size(), 16);
  EXPECT_EQ((layer_range{3, 1, {}}).size(), -2);
}

TEST(layer_range, is_compared_without_its_place) {
  EXPECT_EQ((layer_range{0, 4, {1, 2}}), (layer_range{0, 4, {5, 6}}));
}

}  // namespace
}  // namespace tensormerge
