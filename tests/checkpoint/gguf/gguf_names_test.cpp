#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_names.hpp>

namespace tensormerge {
namespace {

TEST(gguf_names, are_those_of_the_same_tensors_in_both_layouts) {
  for (const auto& [ours, theirs] : {std::pair("model.layers.12.self_attn.q_proj.weight",
                                               "blk.12.attn_q.weight"),
                                     std::pair("model.layers.0.self_attn.k_proj.bias",
                                               "blk.0.attn_k.bias"),
                                     std::pair("model.layers.3.post_attention_layernorm.weight",
                                               "blk.3.ffn_norm.weight"),
                                     std::pair("model.embed_tokens.weight", "token_embd.weight"),
                                     std::pair("lm_head.weight", "output.weight")}) {
    EXPECT_EQ(gguf_name(ours), theirs);
    EXPECT_EQ(hugging_face_name(theirs), ours);
  }
  for (const char* unknown : {"", "model.layers.x.mlp.up_proj.weight", "model.layers.1.weight",
                              "model.layers.1.mlp.experts.0.weight", "lm_head", "a.b",
                              "lm_head.scale", "model.layers.1.self_attn.q_proj.scale"}) {
    EXPECT_EQ(gguf_name(unknown), std::nullopt) << unknown;
  }
  for (const char* unknown : {"blk.0.attn_q.scale", "blk.0.attn_v.\xff", "output.scale"}) {
    EXPECT_EQ(hugging_face_name(unknown), std::nullopt) << unknown;
  }
}

}  // namespace
}  // namespace tensormerge
