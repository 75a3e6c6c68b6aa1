#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/plan/dimension_check.hpp>

namespace tensormerge {
namespace {

TEST(dimension_check, names_the_tensor_and_the_keys_that_disagree) {
  const node config = load_json(
      R"({"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32,
          "intermediate_size": 96, "vocab_size": 100, "num_hidden_layers": 2})",
      "config.json");
  dimension_check check(config);
  const auto fits = [&](const char* name, const shape& dims) {
    return check.objection(name, dims).what.empty();
  };
  EXPECT_TRUE(fits("model.embed_tokens.weight", {100, 64}));
  EXPECT_TRUE(fits("model.layers.0.self_attn.q_proj.weight", {128, 64}));
  EXPECT_TRUE(fits("model.layers.0.self_attn.k_proj.bias", {64}));
  EXPECT_TRUE(fits("model.layers.0.mlp.down_proj.weight", {64, 96}));
  EXPECT_FALSE(check.objection().what.empty());
  EXPECT_TRUE(fits("model.layers.1.input_layernorm.weight", {64}));
  EXPECT_TRUE(check.objection().what.empty());
  EXPECT_FALSE(fits("model.layers.2.input_layernorm.weight", {64}));
  EXPECT_FALSE(fits("model.layers.1.self_attn.q_proj.weight", {0, 64}));
  const diagnostic found = check.objection("lm_head.weight", {90, 64});
  EXPECT_EQ(found.path, "`lm_head.weight`");
  EXPECT_NE(found.what.find("`vocab_size` and `hidden_size`"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge
