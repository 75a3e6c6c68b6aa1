#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/layer_names.hpp>

namespace tensormerge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<layer_stack> stacks_of(const std::vector<std::string>& names,
                                   std::optional<std::uint64_t> stated = {}) {
  std::vector<tensor_entry> tensors;
  for (const std::string& name : names) tensors.push_back({.name = name});
  return find_layer_stacks(tensors, stated);
}

TEST(layer_names, a_name_is_split_around_its_first_number) {
  const auto split = split_layer_name("model.layers.3.mlp.experts.12.up_proj.weight");
  ASSERT_TRUE(split);
  EXPECT_EQ(split->prefix, "model.layers.");
  EXPECT_EQ(split->index, 3u);
  EXPECT_EQ(split->suffix, ".mlp.experts.12.up_proj.weight");
}

TEST(layer_names, a_name_is_split_around_a_later_number_from_there_on) {
  const auto split = split_layer_name("model.layers.3.mlp.experts.12.up_proj.weight", 14);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->prefix, "model.layers.3.mlp.experts.");
  EXPECT_EQ(split->index, 12u);
}

TEST(layer_names, numbers_at_either_end_count) {
  EXPECT_EQ(split_layer_name("0.weight")->prefix, "");
  EXPECT_EQ(split_layer_name("blocks.7")->suffix, "");
}

TEST(layer_names, words_with_digits_leading_zeros_and_huge_numbers_are_no_numbers) {
  for (const char* name : {"model.norm.weight", "conv1.weight", "a.01.b", "a.-1.b", "a..b", "",
                           "a.99999999999999999999.b", "a.1e3.b"}) {
    EXPECT_FALSE(split_layer_name(name)) << name;
  }
}

TEST(layer_names, joining_reverses_splitting) {
  EXPECT_EQ(join_layer_name("transformer.h.", 11, ".ln_1.weight"), "transformer.h.11.ln_1.weight");
}

TEST(layer_names, a_stack_is_what_runs_from_zero_without_a_gap) {
  EXPECT_THAT(stacks_of({"h.0.a", "h.1.a", "h.2.a", "gap.0.a", "gap.2.a", "late.1.a", "norm"}),
              ElementsAre(layer_stack{"h.", 3}));
}

TEST(layer_names, experts_inside_layers_are_no_stack_of_their_own) {
  std::vector<std::string> names;
  for (const char* layer : {"0", "1"}) {
    for (const char* expert : {"0", "1", "2", "3"}) {
      names.push_back(std::string("model.layers.") + layer + ".experts." + expert + ".w1");
    }
  }
  EXPECT_THAT(stacks_of(names), ElementsAre(layer_stack{"model.layers.", 2}));
  EXPECT_THAT(stacks_of(names, 2), ElementsAre(layer_stack{"model.layers.", 2}));
}

TEST(layer_names, a_stated_count_tells_the_layers_from_longer_lists) {
  const std::vector<std::string> names{"layers.0.a", "layers.1.a", "tower.0.a", "tower.1.a",
                                       "tower.2.a"};
  EXPECT_THAT(stacks_of(names, 2), ElementsAre(layer_stack{"layers.", 2}));
  EXPECT_THAT(stacks_of(names), ElementsAre(layer_stack{"tower.", 3}));
}

TEST(layer_names, a_stated_count_that_no_list_has_leaves_the_longest) {
  EXPECT_THAT(stacks_of({"layers.0.a", "layers.1.a", "layers.2.a", "head.0", "head.1"}, 7),
              ElementsAre(layer_stack{"layers.", 3}));
}

TEST(layer_names, an_encoder_and_a_decoder_of_the_stated_length_are_two_stacks) {
  EXPECT_THAT(stacks_of({"encoder.block.0.a", "encoder.block.1.a", "decoder.block.0.a",
                         "decoder.block.1.a"},
                        2),
              ElementsAre(layer_stack{"decoder.block.", 2}, layer_stack{"encoder.block.", 2}));
}

TEST(layer_names, a_single_layer_is_a_stack_where_that_is_stated) {
  EXPECT_THAT(stacks_of({"model.layers.0.a", "norm"}, 1),
              ElementsAre(layer_stack{"model.layers.", 1}));
  EXPECT_THAT(stacks_of({"model.layers.0.a", "norm"}), IsEmpty());
}

TEST(layer_names, absurd_numbers_cost_no_memory) {
  EXPECT_THAT(stacks_of({"a.999999999.b", "a.0.b"}), IsEmpty());
}

}  // namespace
}  // namespace tensormerge
