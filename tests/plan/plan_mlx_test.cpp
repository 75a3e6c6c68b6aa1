#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/plan_mlx.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using test::sources_of;
using test::tensor_named;
using test::tiny_tensors;
using test::value_of;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string two_models =
    "models:\n  - {name: one, path: base, base_model: true}\n  - {name: two, path: a}\n";

std::string slice_of(const std::string& first, const std::string& second) {
  return "slices:\n  - sources: [{" + first + "}, {" + second + "}]\n";
}

TEST(plan_mlx, layers_outside_of_slices_and_all_else_are_the_base_s) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan = models.plan(
      two_models +
      slice_of("model: one, layer_range: [0, 2]", "model: two, layer_range: [0, 2]") +
      "    merge_method: slerp\n    parameters: {t: 0.3}\n");
  EXPECT_EQ(plan.tensors.size(), 9u);
  EXPECT_THAT(sources_of(plan, "model.layers.1.mlp.weight"),
              ElementsAre("one/model.layers.1.mlp.weight", "two/model.layers.1.mlp.weight"));
  EXPECT_EQ(tensor_named(plan, "model.layers.1.mlp.weight").method, "slerp");
  EXPECT_TRUE(tensor_named(plan, "model.layers.1.mlp.weight").base);
  for (const char* name : {"model.layers.2.mlp.weight", "model.norm.weight", "lm_head.weight"}) {
    EXPECT_THAT(sources_of(plan, name), ElementsAre("one/" + std::string(name)));
    EXPECT_EQ(tensor_named(plan, name).method, "passthrough");
  }
  EXPECT_TRUE(plan.stacks.empty());
}

TEST(plan_mlx, t_runs_over_the_slice_by_the_names_of_the_output) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan = models.plan(
      two_models +
      slice_of("model: one, layer_range: [0, 3]", "model: two, layer_range: [0, 3]") +
      "    merge_method: linear\n"
      "    parameters: {t: [{filter: mlp, value: [0, 1]}, {value: 0.7}]}\n");
  const auto t_of = [&plan](const std::string& name) {
    return value_of(tensor_named(plan, name).parameters, "t");
  };
  EXPECT_EQ(t_of("model.layers.0.mlp.weight"), 0);
  EXPECT_EQ(t_of("model.layers.1.mlp.weight"), 0.5);
  EXPECT_EQ(t_of("model.layers.1.norm.weight"), 0.7);
}

TEST(plan_mlx, an_only_layer_stands_at_the_start_of_gradients_and_t_is_a_half_by_default) {
  const test::tiny_models models;
  models.add_usual();
  const std::string sources =
      slice_of("model: one, layer_range: [1, 2]", "model: two, layer_range: [1, 2]") +
      "    merge_method: linear\n";
  const auto t_with = [&](const std::string& parameters) {
    const merge_plan plan = models.plan(two_models + sources + parameters);
    return value_of(tensor_named(plan, "model.layers.1.mlp.weight").parameters, "t");
  };
  EXPECT_EQ(t_with("    parameters: {t: [0.2, 0.8]}\n"), 0.2);
  EXPECT_EQ(t_with(""), 0.5);
}

TEST(plan_mlx, a_shorter_range_repeats) {
  const test::tiny_models models;
  models.add("base", tiny_tensors(5));
  models.add("a", tiny_tensors(3));
  const merge_plan plan = models.plan(
      two_models +
      slice_of("model: one, layer_range: [0, 5]", "model: two, layer_range: [1, 3]") +
      "    merge_method: linear\n");
  const std::vector<std::string> expected{"1", "2", "1", "2", "1"};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string name = ".norm.weight";
    EXPECT_THAT(sources_of(plan, "model.layers." + std::to_string(i) + name),
                ElementsAre("one/model.layers." + std::to_string(i) + name,
                            "two/model.layers." + expected[i] + name));
  }
}

TEST(plan_mlx, layers_of_a_longer_second_range_are_told_to_be_unused) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan = models.plan(
      two_models +
      slice_of("model: one, layer_range: [0, 1]", "model: two, layer_range: [0, 3]") +
      "    merge_method: linear\n");
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_THAT(plan.findings[0].what, HasSubstr("layers from 1 on of `two` are not used"));
}

TEST(plan_mlx, passthrough_copies_the_last_of_its_sources) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan = models.plan(
      two_models +
      "slices:\n"
      "  - {sources: [{model: one, layer_range: [0, 1]}, {model: two, layer_range: [2, 3]}],"
      " merge_method: passthrough}\n"
      "  - {sources: [{model: two, layer_range: [1, 2]}]}\n");
  EXPECT_THAT(sources_of(plan, "model.layers.0.norm.weight"),
              ElementsAre("two/model.layers.2.norm.weight"));
  EXPECT_THAT(sources_of(plan, "model.layers.1.norm.weight"),
              ElementsAre("two/model.layers.1.norm.weight"));
}

TEST(plan_mlx, a_model_may_merge_with_itself) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan = models.plan(
      two_models +
      slice_of("model: one, layer_range: [0, 2]", "model: one, layer_range: [1, 3]") +
      "    merge_method: linear\n");
  EXPECT_THAT(sources_of(plan, "model.layers.0.norm.weight"),
              ElementsAre("one/model.layers.0.norm.weight", "one/model.layers.1.norm.weight"));
}

TEST(plan_mlx, the_asked_for_type_is_that_of_every_tensor_of_floats) {
  const test::tiny_models models;
  auto tensors = tiny_tensors(2);
  tensors.push_back({"ids", {3}, dtype::int32});
  models.add("base", tensors);
  models.add("a", tensors);
  const merge_plan plan = models.plan(
      two_models + "slices: [{sources: [{model: one, layer_range: [0, 1]}]}]\n"
                   "advanced: {dtype: float32}\n");
  for (const planned_tensor& tensor : plan.tensors) {
    EXPECT_EQ(tensor.type, tensor.name == "ids" ? dtype::int32 : dtype::float32) << tensor.name;
    EXPECT_TRUE(!tensor.is_copy || tensor.type == tensor.inputs[0].tensor->type) << tensor.name;
  }
  EXPECT_EQ(plan.config_dtype, dtype::float32);
}

const std::string first_layer = "slices: [{sources: [{model: one, layer_range: [0, 1]}]}]\n";

TEST(plan_mlx, preserved_embeddings_come_with_the_tokenizer) {
  const test::tiny_models models;
  models.add_usual();
  models.add("a", {{"model.embed_tokens.weight", {7, 2}}, {"model.layers.0.mlp.weight", {2, 2}}});
  const merge_plan plan = models.plan(
      two_models + first_layer + "tokenizer: {source: two, preserve_embeddings: true}\n");
  EXPECT_THAT(sources_of(plan, "model.embed_tokens.weight"),
              ElementsAre("two/model.embed_tokens.weight"));
  EXPECT_EQ(plan.vocabulary_size, 7u);
  EXPECT_EQ(plan.models[plan.tokenizer_donor].name, "two");
  EXPECT_EQ(plan.models[plan.donor].name, "one");
  EXPECT_THROW(tensor_named(plan, "lm_head.weight"), failure) << "its head is tied";
  EXPECT_EQ(plan.tied_embeddings, true);
}

TEST(plan_mlx, another_tokenizer_without_its_embeddings_is_warned_of) {
  const test::tiny_models models;
  models.add_usual();
  const merge_plan plan =
      models.plan(two_models + first_layer + "tokenizer: {source: two}\n");
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_EQ(plan.findings[0].level, severity::warning);
  EXPECT_THAT(plan.findings[0].hint, HasSubstr("preserve_embeddings"));
  EXPECT_THAT(sources_of(plan, "lm_head.weight"), ElementsAre("one/lm_head.weight"));
}

TEST(plan_mlx, mistakes_in_models_are_refused) {
  const test::tiny_models models;
  models.add_usual();
  EXPECT_THAT(models.refusal("models: [{name: one, path: base}]\n" + first_layer),
              HasSubstr("no model is marked as the base"));
  EXPECT_THAT(models.refusal("models: [{name: one, path: base, base_model: true},\n"
                             "         {name: one, path: a, base_model: true}]\n" +
                             first_layer),
              testing::AllOf(HasSubstr("two models are named `one`"),
                             HasSubstr("two models are marked as the base")));
}

TEST(plan_mlx, mistakes_in_slices_are_refused_together) {
  const test::tiny_models models;
  models.add_usual();
  const std::string text = models.refusal(
      two_models +
      "slices:\n"
      "  - {sources: [{model: one, layer_range: [0, 2]}]}\n"
      "  - {sources: [{model: one, layer_range: [1, 3]}]}\n"
      "  - {sources: [{model: three, layer_range: [2, 3]}]}\n"
      "  - {sources: [{model: one, layer_range: [2, 4]}]}\n"
      "  - {sources: [{model: one, layer_range: [2, 3]}], merge_method: slerp}\n"
      "tokenizer: {source: four}\n");
  EXPECT_THAT(text, HasSubstr("tokenizer.source: no model is named `four`"));
  EXPECT_THAT(text, HasSubstr("slices[1].sources[0]: layer 1 of the base is made by a slice"));
  EXPECT_THAT(text, HasSubstr("slices[2].sources[0].model: no model is named `three`"));
  EXPECT_THAT(text, HasSubstr("slices[3].sources[0].layer_range: the layer range goes past"));
  EXPECT_THAT(text, HasSubstr("slices[4].sources: slerp cannot merge 1 source"));
}

TEST(plan_mlx, layers_that_the_base_lacks_are_refused) {
  const test::tiny_models models;
  models.add("base", tiny_tensors(2));
  models.add("a", tiny_tensors(3));
  EXPECT_THAT(models.refusal(two_models +
                             "slices: [{sources: [{model: two, layer_range: [1, 3]}]}]\n"),
              HasSubstr("the base has no layers of these numbers"));
}

}  // namespace
}  // namespace tensormerge
