#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/plan/find_method.hpp>
#include <tensormerge/plan/merge_slices.hpp>
#include <tensormerge/plan/resolve_parameters.hpp>

namespace tensormerge {
namespace {

using testing::ElementsAre;

const std::vector<parameter_info> weight{
    {.name = "weight", .kind = parameter_kind::number, .required = true, .default_value = {}}};

settings settings_of(const std::string& yaml) {
  return read_struct<merge_config>(load_yaml("merge_method: linear\nparameters:\n" + yaml, "f"))
      .parameters;
}

std::optional<double> weight_in(const std::vector<std::string>& scopes, const char* tensor = "a.b",
                                double t = 0) {
  std::vector<settings> sections;
  for (const std::string& scope : scopes) sections.push_back(settings_of(scope));
  parameter_scopes pointers;
  for (const settings& section : sections) pointers.push_back(&section);
  return resolve_parameters(weight, pointers, tensor, t).values.at(0).value;
}

TEST(resolve_parameters, the_most_specific_scope_that_gives_a_value_counts) {
  EXPECT_EQ(weight_in({"  weight: 1", "  weight: 2"}), 1);
  EXPECT_EQ(weight_in({"  density: 1", "  weight: 2"}), 2);
}

TEST(resolve_parameters, a_filter_that_does_not_match_falls_through) {
  const std::vector<std::string> scopes{"  weight: [{filter: mlp, value: 1}]", "  weight: 2"};
  EXPECT_EQ(weight_in(scopes, "layers.0.mlp.up"), 1);
  EXPECT_EQ(weight_in(scopes, "layers.0.attn.q"), 2);
}

TEST(resolve_parameters, an_empty_list_falls_through) {
  EXPECT_EQ(weight_in({"  weight: []", "  weight: 2"}), 2);
}

TEST(resolve_parameters, gradients_are_linear_in_between) {
  EXPECT_EQ(weight_in({"  weight: [0, 1, 3]"}, "a", 0.75), 2);
}

TEST(resolve_parameters, what_is_required_and_not_given_is_missing) {
  const resolved_parameters resolved = resolve_parameters(weight, {}, "a", 0);
  EXPECT_THAT(resolved.missing, ElementsAre("weight"));
  EXPECT_EQ(resolved.values.at(0).value, std::nullopt);
}

TEST(resolve_parameters, defaults_are_used_last) {
  const std::vector<parameter_info> density{
      {.name = "density", .kind = parameter_kind::number, .required = false, .default_value = 0.5}};
  const resolved_parameters resolved = resolve_parameters(density, {}, "a", 0);
  EXPECT_THAT(resolved.values, ElementsAre(parameter_value{"density", 0.5}));
  EXPECT_TRUE(resolved.missing.empty());
}

TEST(resolve_parameters, a_value_of_the_wrong_kind_is_told_with_its_place) {
  const settings given = settings_of("  weight: heavy");
  const parameter_scopes scopes{&given};
  const resolved_parameters resolved = resolve_parameters(weight, scopes, "a", 0);
  ASSERT_EQ(resolved.wrong.size(), 1u);
  EXPECT_EQ(resolved.wrong[0].at, (text_position{3, 11}));
  EXPECT_EQ(resolved.wrong[0].path, "parameters.weight");
  EXPECT_TRUE(resolved.missing.empty());
}

TEST(resolve_parameters, places_on_gradients_run_from_0_to_1) {
  EXPECT_EQ(gradient_place(0, 5), 0);
  EXPECT_EQ(gradient_place(1, 5), 0.25);
  EXPECT_EQ(gradient_place(4, 5), 1);
}

TEST(resolve_parameters, an_only_layer_stands_at_the_end_of_gradients) {
  EXPECT_EQ(gradient_place(0, 1), 1);
}

// -- against what mergekit resolves -------------------------------------------------------------

const std::filesystem::path shared_folder = TENSORMERGE_SHARED;

/// The expected values as a text that can be compared, in the order of the method's list.
std::string expected_text(const node& values, const std::vector<parameter_info>& list) {
  std::string text;
  for (const parameter_info& parameter : list) {
    const node* value = values.find(parameter.name);
    const bool given = value != nullptr && !value->is_null();
    text += std::string(parameter.name) + '=' + (given ? std::to_string(value->number) : "none") +
            ' ';
  }
  return text;
}

std::string text_of(const std::vector<parameter_value>& values) {
  std::string text;
  for (const parameter_value& value : values) {
    text += value.name + '=' + (value.value ? std::to_string(*value.value) : "none") + ' ';
  }
  return text;
}

/// Compares all that a document of the corpus says of one slice; returns how many values it was.
std::size_t compare(const merge_slice& slice, const method_info& method, const node& expected) {
  std::size_t compared = 0;
  for (const node& sample : expected.find("parameters")->items) {
    const std::string tensor = sample.find("tensor")->text;
    const double t = sample.find("t")->number;
    SCOPED_TRACE(tensor + " at " + std::to_string(t));
    const auto shared_values = resolve_parameters(method.shared, slice.scopes, tensor, t).values;
    EXPECT_EQ(text_of(shared_values), expected_text(*sample.find("shared"), method.shared));
    for (const slice_input& input : slice.inputs) {
      const node* values = sample.find("per_input")->find(input.reference->text());
      if (values == nullptr) continue;
      SCOPED_TRACE(input.reference->text());
      EXPECT_EQ(
          text_of(resolve_parameters(method.per_input, input.scopes, tensor, t).values),
          expected_text(*values, method.per_input));
      ++compared;
    }
  }
  return compared;
}

TEST(resolve_parameters, published_configurations_resolve_as_in_mergekit) {
  if (shared_folder.empty() || !exists(shared_folder / "configs")) {
    GTEST_SKIP() << "TENSORMERGE_SHARED names no folder with configs";
  }
  const std::vector<method_info> methods = describe_methods(method_list);
  std::size_t files = 0, compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared_folder / "configs" / "expected")) {
    const std::string stem = entry.path().stem().string();
    SCOPED_TRACE(stem);
    std::filesystem::path file = shared_folder / "configs" / "valid" / (stem + ".yml");
    if (!exists(file)) file = shared_folder / "configs" / "warning" / (stem + ".yml");
    const node expected = load_json_file(entry.path());
    if (!exists(file) || expected.find("resolved") == nullptr) continue;
    const node document = load_yaml_file(file);
    const node* method = document.find("merge_method");
    if (method == nullptr || !merge_method_from(method->text)) continue;
    const merge_config config = read_struct<merge_config>(document);
    const std::vector<merge_slice> slices = make_slices(config);
    const node& resolved = *expected.find("resolved");
    ASSERT_EQ(resolved.items.size(), slices.size());
    for (std::size_t i = 0; i < slices.size(); ++i) {
      compared += compare(slices[i], find_method(methods, method->text, stem, "merge_method"),
                          resolved.items[i]);
    }
    ++files;
  }
  EXPECT_GE(files, 20u);
  EXPECT_GE(compared, 500u);
}

}  // namespace
}  // namespace tensormerge
