#include <tensormerge/config/multi_config.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tensormerge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string document(const std::string& name, const std::string& model) {
  return (name.empty() ? "" : "name: " + name + '\n') +
         "merge_method: passthrough\nmodels: [{model: " + model + "}]\n";
}

std::string refusal(const std::string& text) {
  try {
    read_multi_config(text, "multi.yml", "work");
  } catch (const failure& problem) {
    return problem.what();
  }
  return "accepted";
}

TEST(read_multi_config, puts_each_merge_behind_those_that_it_uses) {
  const auto merges = read_multi_config(
      document("", "b+adapter") + "---\n" + document("b", "a") + "---\n" + document("a", "org/x"),
      "multi.yml", "/folder");
  std::vector<std::string> names, models;
  for (const named_merge& merge : merges) {
    names.push_back(merge.name);
    models.push_back(merge.config.models[0].model.text());
  }
  EXPECT_THAT(names, ElementsAre("a", "b", ""));
  EXPECT_THAT(models, ElementsAre("org/x", "/folder/a", "/folder/b+adapter"));
}

TEST(read_multi_config, finds_references_wherever_a_configuration_has_them) {
  const auto merges = read_multi_config(
      document("a", "x") +
          "---\nmerge_method: slerp\nbase_model: a\nparameters: {t: 0.5}\n"
          "tokenizer: {source: a, tokens: {q: {source: {kind: model_token, model: a, token: r}}}}\n"
          "slices: [{sources: [{model: a, layer_range: [0, 1]}, {model: z, layer_range: [0, 1]}]}]\n",
      "multi.yml", "/folder");
  merge_config config = merges[1].config;
  std::vector<std::string> paths;
  const auto add = [&paths](const model_reference& reference) { paths.push_back(reference.path); };
  for_each_reference(config, add);
  EXPECT_THAT(paths, ElementsAre("/folder/a", "z", "/folder/a", "/folder/a", "/folder/a"));
}

TEST(read_multi_config, refuses_circles_and_names_that_are_not_their_own) {
  EXPECT_THAT(refusal(document("a", "b") + "---\n" + document("b", "a")), HasSubstr("in a circle"));
  EXPECT_THAT(refusal(document("a", "a")), HasSubstr("in a circle"));
  EXPECT_THAT(refusal(document("a", "x") + "---\n" + document("a", "y")),
              HasSubstr("two merges are named a"));
  EXPECT_THAT(refusal(document("", "x") + "---\n" + document("", "y")),
              HasSubstr("two merges have no name"));
  EXPECT_THAT(refusal(document("../a", "x")), HasSubstr("no name of a folder"));
}

}  // namespace
}  // namespace tensormerge
