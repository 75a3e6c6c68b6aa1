#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/finish_plan.hpp>

namespace tensormerge {
namespace {

merge_plan plan_of(const std::vector<planned_tensor>& tensors,
                   const std::vector<tensor_entry>& donors) {
  merge_plan plan;
  plan.models.resize(1);
  plan.models[0].folder.weights = checkpoint({"f"}, donors);
  plan.tensors = tensors;
  return plan;
}

planned_tensor named(const char* name, dtype type) {
  planned_tensor tensor;
  tensor.name = name;
  tensor.type = type;
  return tensor;
}

TEST(finish_plan, the_config_s_type_is_the_one_that_all_floats_have) {
  merge_plan plan =
      plan_of({named("b", dtype::float16), named("a", dtype::float16), named("ids", dtype::int64)},
              {});
  finish_plan(plan, std::nullopt);
  EXPECT_EQ(plan.config_dtype, dtype::float16);
  EXPECT_EQ(plan.tensors[0].name, "a");
  plan.tensors.push_back(named("c", dtype::float32));
  finish_plan(plan, std::nullopt);
  EXPECT_EQ(plan.config_dtype, std::nullopt);
  finish_plan(plan, dtype::float32);
  EXPECT_EQ(plan.config_dtype, dtype::float32) << "asked for";
}

TEST(finish_plan, a_head_that_the_donor_has_not_or_lost_changes_what_the_config_says_of_ties) {
  const planned_tensor head = named("lm_head.weight", dtype::float16);
  merge_plan gained = plan_of({head}, {});
  finish_plan(gained, std::nullopt);
  EXPECT_EQ(gained.tied_embeddings, false);
  merge_plan lost = plan_of({}, {{.name = "lm_head.weight"}});
  finish_plan(lost, std::nullopt);
  EXPECT_EQ(lost.tied_embeddings, true);
  merge_plan kept = plan_of({head}, {{.name = "lm_head.weight"}});
  finish_plan(kept, std::nullopt);
  EXPECT_EQ(kept.tied_embeddings, std::nullopt);
}

TEST(finish_plan, writes_the_files_that_are_asked_for) {
  merge_plan plan = plan_of({named("a", dtype::float16)}, {});
  finish_plan(plan, std::nullopt);
  EXPECT_EQ(plan.layout, weights_layout::safetensors);
  finish_plan(plan, std::nullopt, weights_layout::torch);
  EXPECT_EQ(plan.layout, weights_layout::torch);
}

}  // namespace
}  // namespace tensormerge
