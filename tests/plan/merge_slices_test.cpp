#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/plan/merge_slices.hpp>

namespace tensormerge {
namespace {

using testing::ElementsAre;

merge_config config_of(const std::string& yaml) {
  return read_struct<merge_config>(load_yaml("merge_method: linear\n" + yaml, "f"));
}

std::vector<std::string> models_of(const merge_slice& slice) {
  std::vector<std::string> names;
  for (const slice_input& input : slice.inputs) names.push_back(input.reference->text());
  return names;
}

TEST(merge_slices, models_are_one_slice_of_all_layers_with_the_base_at_the_end) {
  const merge_config config = config_of("base_model: z\nmodels: [{model: a}, {model: b@r}]\n");
  const std::vector<merge_slice> slices = make_slices(config);
  ASSERT_EQ(slices.size(), 1u);
  EXPECT_THAT(models_of(slices[0]), ElementsAre("a", "b@r", "z"));
  EXPECT_FALSE(slices[0].inputs[1].is_appended);
  EXPECT_TRUE(slices[0].inputs[2].is_appended);
  EXPECT_FALSE(slices[0].inputs[0].range);
  EXPECT_EQ(slices[0].inputs[1].path, "models[1]");
}

TEST(merge_slices, a_listed_base_keeps_its_place) {
  const merge_config config = config_of("base_model: b\nmodels: [{model: b}, {model: a}]\n");
  EXPECT_THAT(models_of(make_slices(config)[0]), ElementsAre("b", "a"));
}

TEST(merge_slices, slices_never_get_a_base_added) {
  const merge_config config = config_of(
      "base_model: z\nslices:\n  - sources: [{model: a, layer_range: [0, 1]}]\n"
      "  - {base_model: y, sources: [{model: b, layer_range: [2, 4]}]}\n");
  const std::vector<merge_slice> slices = make_slices(config);
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_THAT(models_of(slices[0]), ElementsAre("a"));
  EXPECT_EQ(slices[0].base->text(), "z");
  EXPECT_EQ(slices[1].base->text(), "y");
  EXPECT_EQ(slices[1].inputs[0].range->end, 4);
  EXPECT_EQ(slices[1].inputs[0].path, "slices[1].sources[0]");
}

TEST(merge_slices, scopes_go_from_the_innermost_outwards) {
  const merge_config config = config_of(
      "parameters: {weight: 1}\ninput_model_parameters: {a: {weight: 2}}\n"
      "modules:\n  text:\n    parameters: {weight: 3}\n    slices:\n"
      "      - parameters: {weight: 4}\n"
      "        sources: [{model: a, layer_range: [0, 1], parameters: {weight: 5}}]\n");
  const auto modules = make_module_slices(config);
  ASSERT_EQ(modules.size(), 1u);
  EXPECT_EQ(modules[0].first, "text");
  const std::vector<merge_slice>& slices = modules[0].second;
  const auto weights = [](const parameter_scopes& scopes) {
    std::vector<double> list;
    for (const settings* scope : scopes) {
      list.push_back(scope->find("weight")->evaluate("t", 0, parameter_kind::number)->number);
    }
    return list;
  };
  EXPECT_THAT(weights(slices[0].inputs[0].scopes), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(weights(slices[0].scopes), ElementsAre(4, 3, 1));
  EXPECT_EQ(slices[0].path, "modules.text.slices[0]");
}

}  // namespace
}  // namespace tensormerge
