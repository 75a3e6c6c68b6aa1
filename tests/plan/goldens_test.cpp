#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/plan_mlx.hpp>

namespace tensormerge {
namespace {

using std::filesystem::path;

const path shared_data = TENSORMERGE_SHARED;

std::vector<path> cases_in(const char* folder) {
  std::vector<path> cases;
  if (shared_data.empty() || !exists(shared_data / folder)) return cases;
  for (const auto& entry : std::filesystem::directory_iterator(shared_data / folder)) {
    cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

bool knows_method(const node& value, const auto& names) {
  return std::find(names.begin(), names.end(), value.text) != names.end();
}

/// Whether every method that the configuration names is one of ours.
bool knows_methods(const node& document) {
  if (!is_mlx_config(document)) {
    return knows_method(*document.find("merge_method"), merge_method_names);
  }
  for (const node& slice : document.find("slices")->items) {
    const node* method = slice.find("merge_method");
    if (method != nullptr && !knows_method(*method, mlx_merge_method_names)) return false;
  }
  return true;
}

/// Plans what the file says, whatever validation thinks of it.
merge_plan plan_case(const path& folder) {
  const plan_options options{.search = {shared_data / "models", folder}, .config_file = "config.yml"};
  const node document = load_yaml_file(folder / "config.yml");
  if (is_mlx_config(document)) {
    return plan_mlx(read_struct<mlx_config>(document), describe_methods(mlx_method_list), options);
  }
  return plan_merge(read_struct<merge_config>(document), describe_methods(method_list), options);
}

std::string refusal_of(const path& folder, bool validated = false) {
  try {
    if (validated) load_merge_config(folder / "config.yml");
    plan_case(folder);
  } catch (const failure& problem) {
    return problem.what();
  }
  return {};
}

std::map<std::string, std::string> described(const auto& tensors) {
  std::map<std::string, std::string> list;
  for (const auto& tensor : tensors) {
    list[tensor.name] = std::string(to_string(tensor.type)) + ' ' + to_string(tensor.dims);
  }
  return list;
}

TEST(goldens, plans_write_the_tensors_that_mergekit_writes) {
  const std::vector<path> cases = cases_in("goldens");
  if (cases.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED names no folder with goldens";
  std::size_t compared = 0;
  for (const path& folder : cases) {
    SCOPED_TRACE(folder.filename().string());
    if (!knows_methods(load_yaml_file(folder / "config.yml"))) continue;
    try {
      const merge_plan plan = plan_case(folder);
      const checkpoint expected = checkpoint::open(folder / "expected.safetensors");
      EXPECT_EQ(described(plan.tensors), described(expected.tensors()));
      EXPECT_FALSE(has_errors(plan.findings));
      ++compared;
    } catch (const failure& problem) {
      ADD_FAILURE() << problem.what();
    }
  }
  EXPECT_GT(compared, 40u);
}

TEST(goldens, mistakes_are_refused_by_their_cause) {
  const std::map<std::string, std::string> causes{
      {"della-epsilon-too-big", "`epsilon` is too large for `density`"},
      {"deep-with-shallow-models", "different numbers of layers, expected 4 layers"},
      {"gpt2-with-llama", "different architectures, expected `LlamaForCausalLM`"},
      {"layer-range-past-end", "goes past the end of `prose-base`, expected an end of at most 4"},
      {"linear-base-added-without-weight", "linear needs `weight` for the model `prose-base`"},
      {"linear-no-weight", "linear needs `weight` for the model `python-ft`"},
      {"missing-model", "the model `no-such-model` is not there"},
      {"model_stock-one", "wrong number of models for model_stock, expected at least 3 models"},
      {"models-and-slices", "slices"},
      {"passthrough-two", "wrong number of models for passthrough, expected exactly 1 model"},
      {"passthrough-with-base", "`base_model` is one more model here"},
      {"same-model-twice", "the model `prose-base` is given twice"},
      {"slerp-no-base", "base_model"},
      {"slerp-no-t", "slerp needs `t`"},
      {"slerp-three-models", "wrong number of models for slerp, expected exactly 2 models"},
      {"slice-lengths-differ", "different numbers of layers, expected 2"},
      {"slice-without-base", "the base model `prose-base` is not among the slice's sources"},
      {"ties-no-base", "base_model"},
      {"tokenizer-twice", "tokenizer_source"},
      {"unknown-dtype", "float8"},
      {"unknown-method", "frobnicate"},
      {"vocab-mismatch-no-tokenizer", "the vocabularies differ"},
      {"weight-not-a-number", "heavy"},
      {"wide-with-narrow", "the shapes of the tensor differ, expected [64] as in"}};
  const std::vector<path> cases = cases_in("goldens-errors");
  if (cases.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED names no folder with goldens";
  for (const path& folder : cases) {
    SCOPED_TRACE(folder.filename().string());
    const auto cause = causes.find(folder.filename().string());
    ASSERT_NE(cause, causes.end());
    const bool is_known = cause->first == "unknown-method" ||
                          knows_methods(load_yaml_file(folder / "config.yml"));
    if (!is_known) continue;
    EXPECT_THAT(refusal_of(folder, true), testing::HasSubstr(cause->second));
  }
}

}  // namespace
}  // namespace tensormerge
