#include <tensormerge/plan/model_modules.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(model_modules, tell_the_parts_of_vision_language_models) {
  const model_modules modules({"text_decoder", "vision_tower", "multi_modal_projector"});
  EXPECT_EQ(modules.module_of("language_model.model.layers.0.mlp.up_proj.weight"), 0u);
  EXPECT_EQ(modules.module_of("lm_head.weight"), 0u);
  EXPECT_EQ(modules.module_of("vision_tower.vision_model.encoder.layers.0.a"), 1u);
  EXPECT_EQ(modules.module_of("visual.blocks.0.attn.qkv.weight"), 1u);
  EXPECT_EQ(modules.module_of("visual.merger.mlp.0.weight"), 2u);
  EXPECT_EQ(modules.module_of("model.multi_modal_projector.linear_1.weight"), 2u);
}

TEST(model_modules, tell_encoders_from_decoders) {
  const model_modules modules({"encoder", "decoder", "shared"});
  EXPECT_EQ(modules.module_of("encoder.block.0.layer.0.SelfAttention.q.weight"), 0u);
  EXPECT_EQ(modules.module_of("model.decoder.layers.0.fc1.weight"), 1u);
  EXPECT_EQ(modules.module_of("shared.weight"), 2u);
  EXPECT_EQ(modules.module_of("proj_out.weight"), 1u);
}

TEST(model_modules, take_unknown_names_as_beginnings_and_the_longest_of_them) {
  const model_modules modules({"default", "model.a", "model.a.b"});
  EXPECT_EQ(modules.module_of("model.a.weight"), 1u);
  EXPECT_EQ(modules.module_of("model.a.b.weight"), 2u);
  EXPECT_EQ(modules.module_of("model.ab.weight"), 0u);
  EXPECT_EQ(model_modules({"model.a"}).module_of("x"), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
