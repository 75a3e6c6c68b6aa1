#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/packed_weights.hpp>

namespace tensormerge {
namespace {

checkpoint with(const std::vector<const char*>& names) {
  std::vector<tensor_entry> entries;
  for (const char* name : names) entries.push_back({.name = name});
  return checkpoint({"m.safetensors"}, std::move(entries));
}

TEST(packed_format, is_known_by_what_lies_beside_a_weight) {
  const checkpoint weights =
      with({"a.qweight", "a.qzeros", "a.scales", "a.g_idx", "a.bias", "b.weight", "b.weight.absmax",
            "b.weight.quant_state.bitsandbytes__nf4", "c.weight", "c.weight_scale_inv", "d.weight",
            "d.SCB", "e.up_blocks", "e.up_scales", "f.weight", "f.bias", "g.weight_packed",
            "g.weight_shape", "blocks.0.weight", "h.weight", "h.scales", "h.biases"});
  EXPECT_EQ(packed_format(weights, "a.qzeros"), "GPTQ or AWQ");
  EXPECT_EQ(packed_format(weights, "a.g_idx"), "GPTQ or AWQ");
  EXPECT_EQ(packed_format(weights, "b.weight"), "bitsandbytes");
  EXPECT_EQ(packed_format(weights, "b.weight.quant_state.bitsandbytes__nf4"), "bitsandbytes");
  EXPECT_EQ(packed_format(weights, "c.weight"), "float8 with scales");
  EXPECT_EQ(packed_format(weights, "d.weight"), "bitsandbytes");
  EXPECT_EQ(packed_format(weights, "e.up_blocks"), "MXFP4");
  EXPECT_EQ(packed_format(weights, "g.weight_shape"), "compressed-tensors");
  EXPECT_EQ(packed_format(weights, "h.weight"), "MLX");
  for (const char* plain : {"a.bias", "f.weight", "f.bias", "blocks.0.weight"}) {
    EXPECT_EQ(packed_format(weights, plain), std::nullopt) << plain;
  }
}

}  // namespace
}  // namespace tensormerge
