#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/finish_plan.hpp>
#include <tensormerge/plan/gguf_output.hpp>

namespace tensormerge {
namespace {

gguf_metadata llama_with_heads(std::uint32_t layers, std::int32_t first_heads) {
  gguf_metadata metadata;
  metadata.set_text("general.architecture", "llama");
  metadata.set_number("llama.block_count", layers);
  std::vector<std::int32_t> heads;
  for (std::uint32_t i = 0; i < layers; ++i) {
    heads.push_back(first_heads + static_cast<std::int32_t>(i));
  }
  metadata.set_numbers("llama.attention.head_count_kv", heads);
  return metadata;
}

/// A plan of one tensor, whose donor has this metadata.
merge_plan gguf_plan_of(planned_tensor tensor, bool is_gguf = true) {
  merge_plan plan;
  for (const std::int32_t first_heads : {10, 20}) {
    model_folder folder;
    const gguf_metadata metadata = llama_with_heads(2, first_heads);
    if (is_gguf) folder.gguf = std::make_shared<const gguf_metadata>(metadata);
    plan.models.push_back({"m", folder});
  }
  tensor.name = "blk.0.x";
  plan.tensors.push_back(std::move(tensor));
  return plan;
}

TEST(gguf_output, is_planned_only_where_the_donor_is_one) {
  merge_plan plan = gguf_plan_of({.dims = {2, 32}, .packing = block_format::q8_0});
  plan_gguf_output(plan, std::nullopt);
  ASSERT_TRUE(plan.gguf);
  EXPECT_EQ(plan.tensors[0].packing, block_format::q8_0);
  EXPECT_EQ(plan.tensors[0].bytes(), 68u);
  merge_plan other = gguf_plan_of({.dims = {2, 32}, .packing = block_format::q8_0}, false);
  finish_plan(other, std::nullopt);
  EXPECT_FALSE(other.gguf);
  EXPECT_EQ(other.tensors[0].packing, std::nullopt);
}

TEST(gguf_output, counts_the_layers_that_slices_made_and_picks_what_is_said_of_each) {
  merge_plan plan = gguf_plan_of({.dims = {2}});
  plan.stacks.push_back({"blk.", {{0, 1}, {1, 0}, {1, 1}}});
  plan_gguf_output(plan, std::nullopt);
  EXPECT_EQ(plan.gguf->whole_number("llama.block_count"), 3u);
  gguf_metadata expected;
  expected.set_numbers("k", {11, 20, 21});
  EXPECT_EQ(*plan.gguf->find("llama.attention.head_count_kv"), *expected.find("k"));
}

TEST(gguf_output, says_which_type_was_asked_for_and_keeps_vectors_as_they_are) {
  const shared_entry norm = share({.name = "n", .type = dtype::float32, .dims = {2}});
  merge_plan plan = gguf_plan_of({.type = dtype::bfloat16, .dims = {2}, .inputs = {{0, norm}}});
  plan.tensors.push_back({.name = "m", .type = dtype::bfloat16, .dims = {2, 2}});
  plan_gguf_output(plan, dtype::bfloat16);
  EXPECT_EQ(plan.tensors[0].type, dtype::float32);
  EXPECT_EQ(plan.gguf->whole_number("general.file_type"), 32u);
}

TEST(gguf_output, refuses_other_tokens_than_the_file_lists) {
  merge_plan plan = gguf_plan_of({.dims = {2, 2}});
  plan.makes_tokenizer = true;
  EXPECT_THROW(plan_gguf_output(plan, std::nullopt), failure);
  plan.makes_tokenizer = false;
  plan.tensors[0].name = "token_embd.weight";
  gguf_metadata metadata = *plan.models[0].folder.gguf;
  metadata.set_number("llama.vocab_size", 7);
  plan.models[0].folder.gguf = std::make_shared<const gguf_metadata>(metadata);
  plan_gguf_output(plan, std::nullopt);
  EXPECT_EQ(plan.gguf->whole_number("llama.vocab_size"), 2u);
  metadata.set_texts("tokenizer.ggml.tokens", {"a", "b", "c"});
  plan.models[0].folder.gguf = std::make_shared<const gguf_metadata>(metadata);
  EXPECT_THROW(plan_gguf_output(plan, std::nullopt), failure);
}

TEST(gguf_output, refuses_what_the_format_cannot_hold) {
  for (const planned_tensor& tensor :
       {planned_tensor{.type = dtype::float8_e4m3, .dims = {2, 2}},
        planned_tensor{.type = dtype::float32, .dims = {1, 1, 1, 1, 2}},
        planned_tensor{.dims = {2, 33}, .packing = block_format::q8_0}}) {
    merge_plan plan = gguf_plan_of(tensor);
    EXPECT_THROW(plan_gguf_output(plan, std::nullopt), failure);
  }
}

}  // namespace
}  // namespace tensormerge
