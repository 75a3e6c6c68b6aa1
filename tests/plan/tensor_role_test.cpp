#include <gtest/gtest.h>

#include <tensormerge/plan/tensor_role.hpp>

namespace tensormerge {
namespace {

TEST(tensor_role, embeddings_and_heads_of_many_families_are_known) {
  for (const char* name : {"model.embed_tokens.weight", "transformer.wte.weight",
                           "gpt_neox.embed_in.weight", "transformer.word_embeddings.weight",
                           "bert.embeddings.word_embeddings.weight", "shared.weight",
                           "language_model.model.embed_tokens.weight"}) {
    EXPECT_EQ(role_of(name), tensor_role::token_embedding) << name;
  }
  for (const char* name : {"lm_head.weight", "lm_head.bias", "embed_out.weight",
                           "language_model.lm_head.weight"}) {
    EXPECT_EQ(role_of(name), tensor_role::head) << name;
  }
  for (const char* name : {"transformer.wpe.weight", "model.decoder.embed_positions.weight",
                           "bert.embeddings.LayerNorm.weight",
                           "transformer.word_embeddings_layernorm.weight"}) {
    EXPECT_EQ(role_of(name), tensor_role::other_embedding) << name;
  }
  for (const char* name : {"model.norm.weight", "transformer.ln_f.bias", "score.weight", ""}) {
    EXPECT_EQ(role_of(name), tensor_role::other) << name;
  }
}

TEST(tensor_role, a_missing_head_is_the_token_embedding) {
  const checkpoint tied({"f"},
                        {{.name = "model.embed_tokens.weight"}, {.name = "model.norm.weight"}});
  EXPECT_EQ(find_or_tied(tied, "lm_head.weight"), tied.find("model.embed_tokens.weight"));
  EXPECT_EQ(find_or_tied(tied, "lm_head.bias"), nullptr);
  EXPECT_EQ(find_or_tied(tied, "model.layers.0.a"), nullptr);
}

TEST(tensor_role, a_head_of_its_own_is_not_replaced) {
  const checkpoint untied({"f"},
                          {{.name = "model.embed_tokens.weight"}, {.name = "lm_head.weight"}});
  EXPECT_EQ(find_or_tied(untied, "lm_head.weight"), untied.find("lm_head.weight"));
}

TEST(tensor_role, buffers_that_loaders_compute_are_known_by_their_ending) {
  EXPECT_TRUE(is_derived_buffer("model.layers.0.self_attn.rotary_emb.inv_freq"));
  EXPECT_TRUE(is_derived_buffer("transformer.h.0.attn.masked_bias"));
  EXPECT_FALSE(is_derived_buffer("transformer.h.0.attn.c_attn.bias"));
}

}  // namespace
}  // namespace tensormerge
