#include <tensormerge/plan/plan_raw.hpp>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tiny_models.hpp"

namespace tensormerge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using test::sources_of;
using test::tensor_named;

constexpr const char* linear_of_two_files =
    "{merge_method: linear, models: [{model: a/model.safetensors}, {model: b/model.safetensors}], "
    "parameters: {weight: 1}}";

merge_plan plan_files(const test::tiny_models& models, const std::string& yaml,
                      raw_tensors wanted = raw_tensors::same) {
  const plan_options options{.search = {models / "", {}, {}}, .config_file = "raw.yml"};
  return plan_raw(read_struct<merge_config>(load_yaml(yaml, "raw.yml")),
                  describe_methods(method_list), options, wanted);
}

std::vector<std::string> names_of_tensors(const merge_plan& plan) {
  std::vector<std::string> names;
  for (const planned_tensor& tensor : plan.tensors) names.push_back(tensor.name);
  return names;
}

TEST(plan_raw, makes_the_tensors_that_are_asked_for) {
  const test::tiny_models models;
  models.add("a", {{"both", {2, 2}}, {"only_a", {2, 2}}}, "");
  models.add("b", {{"both", {2, 2}}, {"only_b", {3}}}, "");
  EXPECT_THAT(names_of_tensors(plan_files(models, linear_of_two_files, raw_tensors::intersection)),
              ElementsAre("both"));
  const merge_plan all = plan_files(models, linear_of_two_files, raw_tensors::all);
  EXPECT_THAT(names_of_tensors(all), ElementsAre("both", "only_a", "only_b"));
  EXPECT_THAT(sources_of(all, "only_b"), ElementsAre("b/model.safetensors/only_b"));
  EXPECT_FALSE(all.findings.empty());
  try {
    plan_files(models, linear_of_two_files);
    FAIL() << "must throw";
  } catch (const failure& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("`only_a`: the model `b/model.safetensors` lacks"));
    EXPECT_THAT(problem.what(), HasSubstr("`only_b`: the model `a/model.safetensors` lacks"));
  }
}

TEST(plan_raw, integers_and_booleans_are_copied_and_must_agree) {
  const test::tiny_models models;
  for (const char* name : {"a", "b"}) models.add(name, {{"n", {}, dtype::int64}}, "");
  const merge_plan plan = plan_files(models, linear_of_two_files);
  EXPECT_TRUE(tensor_named(plan, "n").is_copy);
  EXPECT_EQ(tensor_named(plan, "n").type, dtype::int64);
  EXPECT_EQ(tensor_named(plan, "n").inputs.size(), 2u);
}

TEST(plan_raw, warns_of_what_an_unlisted_base_alone_has) {
  const test::tiny_models models;
  models.add("a", {{"w"}}, "");
  models.add("base", {{"w"}, {"x"}}, "");
  const merge_plan plan = plan_files(
      models, "{merge_method: task_arithmetic, base_model: base, models: [{model: a}], "
              "parameters: {weight: 1}}");
  EXPECT_THAT(names_of_tensors(plan), ElementsAre("w"));
  ASSERT_EQ(plan.findings.size(), 1u);
  EXPECT_THAT(to_string(plan.findings[0]), HasSubstr("only the base model has are left out"));
}

TEST(plan_raw, refuses_slices) {
  const test::tiny_models models;
  EXPECT_THROW(plan_files(models, "{merge_method: passthrough, slices: [{sources: [{model: a, "
                                  "layer_range: [0, 1]}]}]}"),
               failure);
}

}  // namespace
}  // namespace tensormerge
