#include <tensormerge/checkpoint/stack_config.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

using ::testing::ElementsAre;

std::string with_layers(const char* json, const char* prefix,
                        const std::vector<std::uint64_t>& layers) {
  const node donor = load_json(json, "config.json");
  node config = donor;
  std::vector<layer_origin> origins;
  for (const std::uint64_t layer : layers) origins.push_back({&donor, layer});
  set_stack(config, prefix, origins);
  return write_json(config, 0);
}

TEST(set_stack, sets_every_name_of_the_count) {
  EXPECT_EQ(with_layers(R"({"n_layer":1,"num_layers":1,"n_layers":1,"num_hidden_layers":null})",
                        "model.layers.", {0, 0}),
            R"({"n_layer": 2, "num_layers": 2, "n_layers": 2, "num_hidden_layers": 2})");
}

TEST(set_stack, changes_only_the_part_that_the_stack_is_of) {
  const char* parts = R"({"text_config":{"num_hidden_layers":3},"vision_config":{"depth":3}})";
  EXPECT_EQ(with_layers(parts, "language_model.model.layers.", {0}),
            R"({"text_config": {"num_hidden_layers": 1}, "vision_config": {"depth": 3}})");
  EXPECT_EQ(with_layers(parts, "visual.blocks.", {0}),
            R"({"text_config": {"num_hidden_layers": 3}, "vision_config": {"depth": 1}})");
  const char* whisper = R"({"encoder_layers":2,"num_hidden_layers":2,"decoder_layers":3})";
  EXPECT_EQ(with_layers(whisper, "model.encoder.layers.", {1}),
            R"({"encoder_layers": 1, "num_hidden_layers": 1, "decoder_layers": 3})");
  EXPECT_EQ(with_layers(whisper, "model.decoder.layers.", {1}),
            R"({"encoder_layers": 2, "num_hidden_layers": 2, "decoder_layers": 1})");
  EXPECT_EQ(with_layers(R"({"num_hidden_layers":2})", "model.decoder.layers.", {1}),
            R"({"num_hidden_layers": 1})");
}

TEST(set_stack, cuts_and_stacks_lists_with_an_item_for_each_layer) {
  EXPECT_EQ(with_layers(R"({"num_hidden_layers":3,"layer_types":["a","b","c"],
                            "eos_token_id":[7,8,9],"rope_layers":[1,2]})",
                        "model.layers.", {0, 2, 2, 1}),
            R"({"num_hidden_layers": 4, "layer_types": ["a", "c", "c", "b"], )"
            R"("eos_token_id": [7, 8, 9], "rope_layers": [1, 2]})");
  EXPECT_EQ(with_layers(R"({"num_hidden_layers":3,"mlp_only_layers":[1,2]})", "model.layers.",
                        {2, 0, 1}),
            R"({"num_hidden_layers": 3, "mlp_only_layers": [0, 2]})");
}

TEST(set_stack, takes_an_item_from_the_model_that_the_layer_is_of) {
  node donor = load_json(R"({"num_layers":2,"layer_types":["a","b"]})", "donor");
  const node deep = load_json(R"({"num_layers":4,"layer_types":["w","x","y","z"]})", "deep");
  const node plain = load_json(R"({"num_layers":4})", "plain");
  const node before = donor;
  set_stack(donor, "h.", std::vector<layer_origin>{{&before, 1}, {&deep, 3}, {&plain, 3}});
  EXPECT_EQ(write_json(donor, 0), R"({"num_layers": 3, "layer_types": ["b", "z", "b"]})");
}

TEST(stated_layer_counts, finds_those_of_all_parts) {
  EXPECT_THAT(stated_layer_counts(load_json(R"({"encoder_layers":2,"decoder_layers":3,
                                                "vision_config":{"depth":7}})",
                                            "c")),
              ElementsAre(7, 2, 3));
  EXPECT_THAT(stated_layer_counts(node{}), ElementsAre());
}

}  // namespace
}  // namespace tensormerge
