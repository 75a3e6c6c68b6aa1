#include <string>

#include <gtest/gtest.h>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/plan/check_architectures.hpp>

namespace tensormerge {
namespace {

TEST(check_architectures, the_first_of_the_list_counts_or_else_the_type) {
  const auto of = [](const char* json) { return architecture_of(load_json(json, "config.json")); };
  EXPECT_EQ(of(R"({"architectures": ["A", "B"], "model_type": "t"})"), "A");
  EXPECT_EQ(of(R"({"architectures": [], "model_type": "t"})"), "t");
  EXPECT_EQ(of(R"({"architectures": null, "model_type": 3})"), "");
  EXPECT_EQ(architecture_of(node{}), "");
}

TEST(check_architectures, models_that_state_none_are_passed_over) {
  std::vector<planned_model> models(3);
  const char* configs[] = {R"({})", R"({"model_type": "a"})", R"({"model_type": "a"})"};
  for (std::size_t i = 0; i < 3; ++i) models[i].folder.config = load_json(configs[i], "f");
  finding_groups findings;
  check_architectures(models, findings);
  EXPECT_FALSE(findings.has_errors());
  models[2].folder.config = load_json(R"({"model_type": "b"})", "config.json");
  check_architectures(models, findings);
  EXPECT_TRUE(findings.has_errors());
}

}  // namespace
}  // namespace tensormerge
