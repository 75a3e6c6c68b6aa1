#include <tensormerge/check/values_along_layers.hpp>

#include <string>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(values_along_layers, of_gradients_are_told_by_layer_where_the_range_is_known) {
  const std::string config =
      "slices:\n"
      "  - sources: [{model: a, layer_range: [4, 7]}, {model: b, layer_range: [0, 3]}]\n"
      "    parameters:\n"
      "      t: [0, 1]\n";
  EXPECT_EQ(values_along_layers(config, "t", 4), "By layer:\n- 4: `0`, 5: `0.5`, 6: `1`");
}

TEST(values_along_layers, of_filters_have_a_line_each) {
  EXPECT_EQ(values_along_layers("parameters:\n  t:\n  - {filter: mlp, value: 0.3}\n"
                                "  - value: [0, 1]\n",
                                "t", 2),
            "From the first layer to the last:\n"
            "- `mlp`: 0: `0.3`, 0.25: `0.3`, 0.5: `0.3`, 0.75: `0.3`, 1: `0.3`\n"
            "- 0: `0`, 0.25: `0.25`, 0.5: `0.5`, 0.75: `0.75`, 1: `1`");
}

TEST(values_along_layers, say_nothing_where_there_is_nothing_to_say) {
  EXPECT_EQ(values_along_layers("parameters:\n  t: 0.5\n", "t", 2), "");
  EXPECT_EQ(values_along_layers("parameters:\n  t: [0, x]\n", "t", 2), "");
  EXPECT_EQ(values_along_layers("parameters: [\n  t: [0, 1\n", "t", 2), "");
}

}  // namespace
}  // namespace tensormerge
