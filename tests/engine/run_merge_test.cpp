#include <tensormerge/engine/run_merge.hpp>

#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>

#include "test_models.hpp"

namespace tensormerge {
namespace {

using testing::coarse_values;
using testing::file_content;
using testing::make_model;
using testing::source_of;
using testing::temporary_folder;

/// Three models of one large and several small tensors, merged by every kind of method: with
/// thresholds between equal magnitudes, with sums over the tensor, in one pass, and as a copy.
class run_merge_of_small_models : public ::testing::Test {
 protected:
  run_merge_of_small_models() {
    const std::vector<output_tensor> tensors{{"a.large", dtype::bfloat16, shape{300, 1000}},
                                             {"b.small", dtype::bfloat16, shape{7, 11}},
                                             {"c.empty", dtype::bfloat16, shape{0, 5}},
                                             {"d.scalar", dtype::bfloat16, shape{}},
                                             {"e.medium", dtype::bfloat16, shape{40, 1000}}};
    for (std::uint32_t model = 0; model < 3; ++model) {
      std::vector<std::pair<output_tensor, std::vector<float>>> filled;
      for (std::size_t i = 0; i < tensors.size(); ++i) {
        filled.emplace_back(tensors[i],
                            coarse_values(tensors[i].dims.elements(),
                                          model * 100 + static_cast<std::uint32_t>(i)));
      }
      plan_.models.push_back(
          make_model<bfloat16>(folder_ / ("model" + std::to_string(model)), filled));
    }
    for (const output_tensor& tensor : tensors) {
      planned_tensor planned{.name = tensor.name, .type = tensor.type, .dims = tensor.dims};
      if (tensor.name == "b.small") {
        planned.method = "slerp";
        planned.parameters = {{"t", 0.3}};
        planned.base = source_of(plan_, 0, tensor.name);
        planned.inputs = {source_of(plan_, 1, tensor.name)};
      } else if (tensor.name == "e.medium") {
        planned.method = "passthrough";
        planned.inputs = {source_of(plan_, 2, tensor.name)};
      } else {
        planned.method = "ties";
        planned.base = source_of(plan_, 0, tensor.name);
        planned.inputs = {source_of(plan_, 1, tensor.name, {{"weight", 0.5}, {"density", 0.37}}),
                          source_of(plan_, 2, tensor.name, {{"weight", 1.0}, {"density", 0.61}})};
      }
      plan_.tensors.push_back(planned);
    }
  }

  std::string merged_bytes(const run_options& options) {
    const std::filesystem::path output = folder_ / "out";
    std::vector<output_tensor> outputs;
    for (const planned_tensor& t : plan_.tensors) outputs.push_back({t.name, t.type, t.dims});
    model_writer writer(output, outputs);
    progress state;
    run_merge(plan_, methods_, writer, options, state);
    writer.commit(durability::program_end);
    EXPECT_EQ(state.bytes_done, state.bytes_total);
    EXPECT_EQ(state.tensors_done, plan_.tensors.size());
    std::string bytes = file_content(output / "model.safetensors");
    std::filesystem::remove_all(output);
    return bytes;
  }

  temporary_folder folder_;
  merge_plan plan_;
  method_table methods_ = make_method_table(method_list);
};

TEST_F(run_merge_of_small_models, gives_the_same_bytes_for_any_threads_and_range_sizes) {
  const std::string expected = merged_bytes({.threads = 1, .range_bytes = 1 << 30});
  for (const unsigned threads : {1u, 2u, 7u}) {
    for (const std::uint64_t range_bytes : {1u << 10, 10'000u, 1u << 16, 1u << 20}) {
      EXPECT_EQ(merged_bytes({.threads = threads, .range_bytes = range_bytes}), expected)
          << threads << " threads, ranges of " << range_bytes << " bytes";
    }
  }
}

TEST_F(run_merge_of_small_models, gives_the_same_bytes_whatever_is_kept_between_rounds) {
  const std::string expected = merged_bytes({.threads = 1, .kept_bytes = 0});
  for (const std::uint64_t kept_bytes : {1u << 16, 1'000'000u, 1u << 30}) {
    EXPECT_EQ(merged_bytes({.threads = 2, .range_bytes = 1 << 16, .kept_bytes = kept_bytes}),
              expected)
        << kept_bytes << " bytes kept";
  }
}

TEST_F(run_merge_of_small_models, copies_the_bytes_of_a_tensor_that_passes_through) {
  const std::string merged = merged_bytes({.threads = 2});
  const std::string input = file_content(folder_ / "model2/model.safetensors");
  constexpr std::size_t medium_bytes = 40 * 1000 * 2;
  EXPECT_EQ(merged.substr(merged.size() - medium_bytes), input.substr(input.size() - medium_bytes));
}

TEST_F(run_merge_of_small_models, stops_and_names_the_file_when_an_input_shrinks_meanwhile) {
  const std::filesystem::path input = folder_ / "model1/model.safetensors";
  std::filesystem::resize_file(input, std::filesystem::file_size(input) / 2);
  try {
    merged_bytes({.threads = 2});
    FAIL() << "must throw";
  } catch (const failure& problem) {
    EXPECT_NE(std::string(problem.what()).find("model1/model.safetensors"), std::string::npos);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(run_merge_of_small_models, names_a_method_that_the_table_lacks) {
  plan_.tensors[0].method = "alchemy";
  EXPECT_THROW(merged_bytes({.threads = 3}), failure);
}

TEST_F(run_merge_of_small_models, names_a_method_whose_arithmetic_mergekit_does_not_have) {
  try {
    merged_bytes({.threads = 1, .arithmetic = numerics::mergekit});
    FAIL() << "must throw";
  } catch (const failure& problem) {
    EXPECT_NE(std::string(problem.what()).find("mergekit's numerics are not defined for ties"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace tensormerge
