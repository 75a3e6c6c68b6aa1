#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/check_parameters.hpp>

namespace tensormerge {
namespace {

/// What is said of a tensor of inputs with these parameters.
std::string findings_of(base_use base, std::vector<parameter_value> shared,
                        const std::vector<std::vector<parameter_value>>& inputs) {
  const method_info method{.facts = {.name = "m", .base = base}, .shared = {}, .per_input = {}};
  tensor_request request{.name = "w", .method = &method};
  planned_tensor tensor;
  tensor.name = "w";
  tensor.parameters = std::move(shared);
  if (base == base_use::required) {
    request.base = 0;
    request.sources.push_back({.path = "base"});
  }
  for (const std::vector<parameter_value>& parameters : inputs) {
    request.sources.push_back({.path = "input"});
    tensor.inputs.push_back({.model = 0, .tensor = {}, .parameters = parameters});
  }
  finding_groups findings;
  check_parameters(request, tensor, "", findings);
  return failure(findings.all()).what();
}

TEST(check_parameters, weights_that_sum_to_zero_cannot_be_normalized) {
  const auto of = [](base_use base, const char* name, double on, double first, double second) {
    return findings_of(base, {{name, on}}, {{{"weight", first}}, {{"weight", second}}});
  };
  const std::string refused = of(base_use::ignored, "normalize", 1, 0.3, -0.3);
  EXPECT_EQ(refused,
            "error: parameters.weight: the weights sum to zero and cannot be normalized, found "
            "such a sum for `w`; change the weights or set `normalize: false`");
  EXPECT_NE(of(base_use::optional, "normalize_weights", 1, 0, 0), "");
  EXPECT_EQ(of(base_use::ignored, "normalize", 0, 0.3, -0.3), "");
  EXPECT_EQ(of(base_use::ignored, "normalize", 1, 0.3, 0.3), "");
  EXPECT_EQ(of(base_use::required, "normalize", 1, 0.3, -0.3), "") << "the base is what remains";
}

TEST(check_parameters, sums_that_are_zero_but_for_rounding_count_as_zero) {
  EXPECT_NE(findings_of(base_use::ignored, {{"normalize", 1}},
                        {{{"weight", 0.1}}, {{"weight", 0.2}}, {{"weight", -0.3}}}),
            "");
}

TEST(check_parameters, inputs_without_weights_are_not_weighed) {
  const std::vector<parameter_value> missing{{"weight", std::nullopt}};
  EXPECT_EQ(findings_of(base_use::ignored, {{"normalize", 1}}, {{}, missing}), "");
}

TEST(check_parameters, probabilities_of_density_and_epsilon_stay_between_0_and_1) {
  const auto of = [](double density, double epsilon) {
    return findings_of(base_use::required, {}, {{{"density", density}, {"epsilon", epsilon}}});
  };
  EXPECT_EQ(of(0.5, 0.15), "");
  EXPECT_EQ(of(1, 0.15), "") << "nothing is drawn";
  EXPECT_EQ(of(0.9, 0.15),
            "error: input: `epsilon` is too large for `density`, expected density - epsilon above "
            "0 and density + epsilon below 1, found density 0.900000 and epsilon 0.150000 for `w`");
  EXPECT_NE(of(0.1, 0.1), "");
}

}  // namespace
}  // namespace tensormerge
