#include <gtest/gtest.h>

#include <tensormerge/plan/print_plan.hpp>

namespace tensormerge {
namespace {

TEST(print_plan, shows_models_tensors_sources_and_totals) {
  merge_plan plan;
  plan.models.push_back({"base", {.path = "models/base"}});
  plan.models.push_back({"org/code", {.path = "models/code"}});
  plan.tokenizer_donor = 1;
  plan.stacks = {{"layers.", {{0, 0}}}};
  plan.tensors = {
      {.name = "h.0.weight",
       .type = dtype::bfloat16,
       .dims = {2, 3},
       .method = "task_arithmetic",
       .parameters = {{"normalize", 0}, {"lambda", 0.1}},
       .base =
           planned_source{0, share({.name = "h.0.weight", .type = dtype::bfloat16, .bytes = 12})},
       .inputs = {{1,
                   share({.name = "h.4.weight", .type = dtype::float32, .bytes = 24}),
                   {{"weight", 0.5}}}}},
      {.name = "norm",
       .type = dtype::float32,
       .dims = {4},
       .method = "passthrough",
       .parameters = {},
       .base = std::nullopt,
       .inputs = {{0,
                   share({.name = "norm", .type = dtype::float32, .bytes = 16}),
                   {{"scale", std::nullopt}}}}}};
  EXPECT_EQ(print_plan(plan),
            "models:\n"
            "  base: models/base, gives config.json\n"
            "  org/code: models/code, gives the tokenizer\n"
            "tensors:\n"
            "  `h.0.weight` bfloat16 [2, 3], 12 bytes, task_arithmetic normalize=0 lambda=0.1\n"
            "    base base\n"
            "    org/code `h.4.weight` float32 weight=0.5\n"
            "  `norm` float32 [4], 16 bytes, passthrough\n"
            "    base scale=none\n"
            "total: 2 tensors, 52 bytes to read, 28 bytes to write, `layers.`: 1 layers\n");
}

}  // namespace
}  // namespace tensormerge
