#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/plan/mlx_layout.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

TEST(mlx_objection, refuses_families_whose_tensors_mlx_has_otherwise) {
  EXPECT_EQ(mlx_objection(load_json(R"({"model_type": "mistral"})", "c")).what, "");
  const diagnostic other = mlx_objection(load_json(R"({"model_type": "gpt2"})", "c"));
  EXPECT_EQ(other.path, "model_type");
  EXPECT_EQ(other.found, "`gpt2`");
  EXPECT_TRUE(test::contains(other.expected, "one of llama, mistral, qwen2"));
  EXPECT_EQ(mlx_objection({}).found, "none");
}

TEST(mlx_settings_objection, refuses_bits_and_groups_that_are_not_written) {
  for (const unsigned bits : {4u, 8u}) {
    for (const unsigned group : {32u, 64u, 128u}) {
      EXPECT_EQ(mlx_settings_objection({.bits = bits, .group = group}).what, "");
    }
  }
  EXPECT_EQ(mlx_settings_objection({.bits = 6, .group = 64}).path, "bits");
  EXPECT_EQ(mlx_settings_objection({.bits = 0, .group = 0}).path, "bits");
  EXPECT_EQ(mlx_settings_objection({.bits = 4, .group = 16}).path, "group_size");
}

TEST(is_left_out_by_mlx, says_what_mlx_lm_does_not_load) {
  const node tied = load_json(R"({"tie_word_embeddings": true})", "c");
  const node own = load_json(R"({"tie_word_embeddings": false})", "c");
  EXPECT_TRUE(is_left_out_by_mlx("model.layers.0.self_attn.rotary_emb.inv_freq", own));
  EXPECT_TRUE(is_left_out_by_mlx("lm_head.weight", tied));
  EXPECT_FALSE(is_left_out_by_mlx("lm_head.weight", own));
  EXPECT_FALSE(is_left_out_by_mlx("lm_head.weight", {}));
  EXPECT_FALSE(is_left_out_by_mlx("model.norm.weight", tied));
}

TEST(is_mlx_matrix, is_true_of_linear_layers_and_embeddings) {
  const tensor_entry matrix{.type = dtype::bfloat16, .dims = {4, 64}};
  EXPECT_TRUE(is_mlx_matrix("model.embed_tokens.weight", matrix));
  EXPECT_FALSE(is_mlx_matrix("model.embed_tokens.table", matrix));
  EXPECT_FALSE(is_mlx_matrix("norm.weight", {.type = dtype::bfloat16, .dims = {64}}));
  EXPECT_FALSE(is_mlx_matrix("a.weight", {.type = dtype::uint32, .dims = {4, 64}}));
  EXPECT_FALSE(is_mlx_matrix("conv.weight", {.type = dtype::float32, .dims = {4, 3, 64}}));
}

}  // namespace
}  // namespace tensormerge
