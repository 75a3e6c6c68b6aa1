#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/lay_out_gguf.hpp>
#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/plan/plan_conversion.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

/// A GGUF file of one layer, two heads of 16 and 4 tokens, without elements.
class small_gguf {
 public:
  small_gguf() {
    metadata.set_text("general.architecture", "llama");
    for (const auto& [name, number] :
         {std::pair("block_count", 1u), std::pair("context_length", 8u),
          std::pair("embedding_length", 32u), std::pair("feed_forward_length", 64u),
          std::pair("attention.head_count", 2u)}) {
      metadata.set_number(std::string("llama.") + name, number);
    }
  }

  model_folder open() const {
    const shard_layout layout = lay_out_gguf(tensors, metadata);
    std::string bytes = layout.shards[0].prefix;
    bytes.resize(layout.shards[0].file_bytes);
    test::write_file(folder_ / "x.gguf", bytes);
    return model_folder::open(folder_ / "x.gguf");
  }

  merge_plan to_folder() const { return plan_conversion(open(), {}); }
  std::string refusal() const {
    return test::message_of([this] { to_folder(); });
  }

  gguf_metadata metadata;
  std::vector<output_tensor> tensors{{"token_embd.weight", dtype::float32, {4, 32}},
                                     {"blk.0.attn_q.weight", dtype::float32, {32, 32}}};

 private:
  test::temporary_folder folder_;
};

TEST(plan_conversion, of_a_file_without_tokens_takes_the_vocabulary_of_the_embedding) {
  const merge_plan plan = small_gguf().to_folder();
  EXPECT_EQ(plan.models[0].folder.config.find("vocab_size")->text, "4");
  EXPECT_EQ(plan.tensors.front().name, "model.embed_tokens.weight");
}

TEST(plan_conversion, refuses_shapes_that_the_keys_do_not_say) {
  small_gguf empty;
  empty.tensors[1].dims = {0, 32};
  EXPECT_TRUE(test::contains(empty.refusal(), "`blk.0.attn_q.weight`"));
  empty.tensors[1].dims = {std::uint64_t{1} << 58, 0};
  EXPECT_TRUE(test::contains(empty.refusal(), "`blk.0.attn_q.weight`"));
  small_gguf layers;
  layers.metadata.set_number("llama.block_count", 2);
  EXPECT_TRUE(test::contains(layers.refusal(), "`num_hidden_layers`"));
}

TEST(plan_conversion, refuses_heads_that_are_no_pairs) {
  small_gguf odd;
  odd.metadata.set_number("llama.attention.head_count", 32);
  EXPECT_TRUE(test::contains(odd.refusal(), "no pairs"));
  gguf_value heads{.kind = gguf_kind::uint64};
  detail::append_little_endian(heads.bytes, std::uint64_t{1} << 63, 8);
  odd.metadata.set("llama.attention.head_count", heads);
  EXPECT_TRUE(test::contains(odd.refusal(), "`llama.attention.head_count`"));
}

TEST(plan_conversion, says_what_most_elements_are_and_warns_of_the_others) {
  const small_gguf model;
  const conversion_request packed{weights_layout::gguf, std::nullopt, block_format::q4_k};
  const merge_plan plan = plan_conversion(model.open(), packed);
  EXPECT_EQ(plan.gguf->whole_number("general.file_type"), 7u);
  EXPECT_EQ(plan.gguf->whole_number("general.quantization_version"), 2u);
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_TRUE(test::contains(plan.findings[0].what, "2 of 2 tensors"));
  const merge_plan plain =
      plan_conversion(model.open(), {weights_layout::gguf, dtype::float16, std::nullopt});
  EXPECT_EQ(plain.gguf->find("general.quantization_version"), nullptr);
}

/// A folder of a model of Llama's kind with a norm, an embedding of rows of 64 and a matrix of 48.
class small_folder {
 public:
  model_folder open(const std::string& settings = {}) const {
    test::write_file(folder_ / "config.json", "{\"model_type\": \"llama\"" + settings + "}");
    const shard_layout layout = lay_out_shards(tensors, {}, 1'000'000);
    std::string bytes = layout.shards[0].prefix;
    bytes.resize(layout.shards[0].file_bytes);
    test::write_file(folder_ / "model.safetensors", bytes);
    return model_folder::open(folder_.path());
  }
  static conversion_request quantised(std::uint64_t bits, std::uint64_t group) {
    return {.layout = weights_layout::mlx, .quantisation = mlx_settings{bits, group}};
  }
  std::string refusal(const conversion_request& asked) const {
    return test::message_of([&] { plan_conversion(open(), asked); });
  }

  std::vector<output_tensor> tensors{{"lm_head.weight", dtype::bfloat16, {4, 48}},
                                     {"model.embed_tokens.weight", dtype::bfloat16, {4, 64}},
                                     {"model.norm.weight", dtype::bfloat16, {64}}};

 private:
  test::temporary_folder folder_;
};

TEST(plan_conversion, to_torch_copies_every_tensor) {
  const merge_plan plan =
      plan_conversion(small_folder().open(), {.layout = weights_layout::torch});
  EXPECT_EQ(plan.layout, weights_layout::torch);
  ASSERT_EQ(plan.tensors.size(), 3u);
  for (const planned_tensor& tensor : plan.tensors) EXPECT_TRUE(tensor.is_copy);
}

TEST(plan_conversion, to_mlx_quantises_matrices_of_whole_groups) {
  const small_folder model;
  const merge_plan plan = plan_conversion(model.open(), small_folder::quantised(8, 64));
  EXPECT_EQ(plan.tensors[0].packing, std::nullopt);
  EXPECT_TRUE(plan.tensors[0].is_copy);
  EXPECT_EQ(plan.tensors[1].packing, mlx_format(8, 64, dtype::bfloat16));
  EXPECT_EQ(plan.tensors[2].packing, std::nullopt);
  EXPECT_EQ(plan.quantisation, (mlx_settings{8, 64}));
  EXPECT_EQ(plan.config_dtype, dtype::bfloat16);
  EXPECT_EQ(plan.tied_embeddings, false);
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_TRUE(test::contains(plan.findings[0].what, "1 of 2 matrices are not quantised"));
}

TEST(plan_conversion, to_mlx_leaves_a_tied_head_out) {
  const merge_plan plan = plan_conversion(small_folder().open(", \"tie_word_embeddings\": true"),
                                          {.layout = weights_layout::mlx});
  ASSERT_EQ(plan.tensors.size(), 2u);
  EXPECT_EQ(plan.tensors[0].name, "model.embed_tokens.weight");
  EXPECT_FALSE(plan.tied_embeddings);
}

TEST(plan_conversion, to_mlx_refuses_what_cannot_be_quantised) {
  small_folder model;
  EXPECT_TRUE(test::contains(model.refusal(small_folder::quantised(3, 64)), "expected 4 or 8"));
  EXPECT_TRUE(test::contains(model.refusal(small_folder::quantised(4, 16)), "32, 64 or 128"));
  EXPECT_TRUE(test::contains(model.refusal(small_folder::quantised(4, 128)),
                             "no weight can be quantised, expected rows that are multiples of 128"));
  model.tensors[1].type = dtype::float64;
  EXPECT_TRUE(test::contains(model.refusal(small_folder::quantised(4, 64)),
                             "cannot be quantised with scales of float64"));
}

}  // namespace
}  // namespace tensormerge
