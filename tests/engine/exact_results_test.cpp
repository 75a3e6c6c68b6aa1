// Whole merges, from the configuration to the folder, against exact results (tests/data/oracle).

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/engine/write_model.hpp>
#include <tensormerge/method/method_list.hpp>
#include <tensormerge/plan/plan_merge.hpp>
#include <tensormerge/plan/plan_mlx.hpp>

#include "test_models.hpp"

namespace tensormerge {
namespace {

std::vector<double> values_of(const model_folder& model, const tensor_entry& tensor) {
  std::vector<std::byte> bytes(tensor.bytes);
  tensor_reader(model.weights).read(tensor, 0, bytes);
  std::vector<double> values(tensor.dims.elements());
  with_storage_type(tensor.type, [&](auto storage) {
    using stored = typename decltype(storage)::type;
    load_tile(reinterpret_cast<const stored*>(bytes.data()), values.data(), values.size());
  });
  return values;
}

/// Distance of neighbouring numbers of the dtype around `x`.
double ulp(double x, dtype type) {
  const int significand_bits = type == dtype::bfloat16 ? 8 : type == dtype::float16 ? 11 : 24;
  const int least_exponent = type == dtype::float16 ? -14 : -126;
  const int exponent = x == 0 ? least_exponent : std::max(std::ilogb(x), least_exponent);
  return std::ldexp(1.0, exponent - significand_bits + 1);
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& item : std::filesystem::directory_iterator(TENSORMERGE_TEST_DATA "/oracle")) {
    names.push_back(item.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class exact_results : public ::testing::TestWithParam<std::string> {};

TEST_P(exact_results, are_met_within_one_ulp_and_a_sixteenth_in_the_mean) {
  const std::filesystem::path folder =
      std::filesystem::path(TENSORMERGE_TEST_DATA "/oracle") / GetParam();
  const plan_options planning{.search = {TENSORMERGE_EXAMPLES "/models", folder}};
  const bool is_mlx = GetParam().starts_with("mlx-");
  const method_table methods =
      is_mlx ? make_method_table(mlx_method_list) : make_method_table(method_list);
  const merge_plan plan =
      is_mlx ? plan_mlx(load_mlx_config(folder / "config.yml"), describe_methods(methods), planning)
             : plan_merge(load_merge_config(folder / "config.yml"), describe_methods(methods),
                          planning);
  const testing::temporary_folder output;
  progress state;
  write_model(plan, methods, output / "merged", {}, state);

  const model_folder merged = model_folder::open(output / "merged");
  const model_folder expected = model_folder::open(folder / "expected.safetensors");
  ASSERT_EQ(merged.weights.tensors().size(), expected.weights.tensors().size());
  for (const tensor_entry& tensor : expected.weights.tensors()) {
    const tensor_entry* found = merged.weights.find(tensor.name);
    ASSERT_NE(found, nullptr) << tensor.name;
    ASSERT_EQ(found->type, tensor.type) << tensor.name;
    ASSERT_EQ(found->dims, tensor.dims) << tensor.name;
    const std::vector<double> exact = values_of(expected, tensor);
    const std::vector<double> ours = values_of(merged, *found);
    double largest = 0, most = 0, sum = 0;
    for (const double x : exact) largest = std::max(largest, std::abs(x));
    for (std::size_t i = 0; i < exact.size(); ++i) {
      // No finer than at 2^-8 of the largest magnitude: cancellation makes smaller ones inexact.
      const double unit = ulp(std::max(std::abs(exact[i]), largest / 256), tensor.type);
      const double error = std::abs(ours[i] - exact[i]) / unit;
      most = std::max(most, error);
      sum += error;
    }
    EXPECT_LE(most, 1.0) << tensor.name;
    // Both are rounded: what lies halfway between two numbers may go to either, and a norm of 64
    // coarse elements has a few of these.
    EXPECT_LE(sum / static_cast<double>(exact.size()), 0.06) << tensor.name;
  }
}

std::string name_of(const ::testing::TestParamInfo<std::string>& tested) {
  std::string name = tested.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(oracle, exact_results, ::testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tensormerge
