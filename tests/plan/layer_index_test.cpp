#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/layer_index.hpp>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(layer_index, sorts_names_into_layers_and_the_rest) {
  const test::tiny_models models;
  models.add("m", {{"model.embed_tokens.weight"},
                   {"model.layers.0.a"},
                   {"model.layers.0.experts.0.b"},
                   {"model.layers.1.a"},
                   {"model.layers.norm"}});
  const model_folder model = model_folder::open(models / "m");
  const layer_index index(model);
  ASSERT_THAT(index.stacks(), ElementsAre(layer_stack{"model.layers.", 2}));
  EXPECT_THAT(index.suffixes(0, 0), UnorderedElementsAre(".a", ".experts.0.b"));
  EXPECT_THAT(index.suffixes(0, 1), ElementsAre(".a"));
  EXPECT_THAT(index.outside(),
              UnorderedElementsAre("model.embed_tokens.weight", "model.layers.norm"));
}

TEST(layer_index, reads_the_layer_count_of_the_config) {
  const test::tiny_models models;
  models.add("m", {{"layers.0.a"}, {"layers.1.a"}, {"tower.0.a"}, {"tower.1.a"}, {"tower.2.a"}},
             R"({"num_hidden_layers": 2})");
  const model_folder model = model_folder::open(models / "m");
  EXPECT_THAT(layer_index(model).stacks(), ElementsAre(layer_stack{"layers.", 2}));
}

TEST(layer_index, tells_all_stacks_that_the_config_counts_or_the_language_models_alone) {
  const test::tiny_models models;
  models.add("m", {{"layers.0.a"}, {"layers.1.a"}, {"vision_tower.layers.0.a"},
                   {"vision_tower.layers.1.a"}, {"audio_tower.layers.0.a"}},
             R"({"text_config": {"num_hidden_layers": 2}, "vision_config": {"num_hidden_layers": 2}})");
  const model_folder model = model_folder::open(models / "m");
  EXPECT_THAT(layer_index(model).stacks(), ElementsAre(layer_stack{"layers.", 2}));
  EXPECT_THAT(layer_index(model, stack_choice::all).stacks(),
              ElementsAre(layer_stack{"layers.", 2}, layer_stack{"vision_tower.layers.", 2}));
  const layer_index tower(model, stack_choice::main,
                          [](std::string_view name) { return name.starts_with("vision"); });
  EXPECT_THAT(tower.stacks(), ElementsAre(layer_stack{"vision_tower.layers.", 2}));
  EXPECT_TRUE(tower.outside().empty());
}

}  // namespace
}  // namespace tensormerge
