#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <boost/hana/tuple.hpp>
#include <gtest/gtest.h>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/engine/write_model.hpp>
#include <tensormerge/method/linear.hpp>
#include <tensormerge/method/passthrough.hpp>
#include <tensormerge/plan/plan_merge.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

/// Merges the model of tests/data/mlx as the text says.
void merge_quantised(const std::filesystem::path& out, const std::string& text,
                     const run_options& run = {}) {
  const method_table methods = make_method_table(boost::hana::tuple_t<linear, passthrough>);
  const merge_plan plan = plan_merge(read_merge_config(load_yaml(text, "c")),
                                     describe_methods(methods),
                                     {.search = {.models_dir = TENSORMERGE_TEST_DATA}});
  progress state;
  write_model(plan, methods, out, {.run = run}, state);
}

std::vector<float> floats_of(const std::filesystem::path& folder, const char* name) {
  const model_folder model = model_folder::open(folder);
  const tensor_entry& tensor = *model.weights.find(name);
  std::vector<float> values(tensor.dims.elements());
  with_storage_type(tensor.type, [&](auto storage) {
    using stored = typename decltype(storage)::type;
    std::vector<stored> elements(values.size());
    tensor_reader(model.weights).read(tensor, 0, std::as_writable_bytes(std::span(elements)));
    load_tile(elements.data(), values.data(), values.size());
  });
  return values;
}

const std::filesystem::path quantised = std::filesystem::path(TENSORMERGE_TEST_DATA) / "mlx";

TEST(merge_mlx, copies_the_three_parts_of_a_quantised_weight_as_they_are) {
  const test::temporary_folder folder;
  merge_quantised(folder.path() / "out", "merge_method: passthrough\nmodels: [{model: mlx}]\n");
  const auto bytes = [](const std::filesystem::path& from, const char* name) {
    const checkpoint weights = checkpoint::open(from);
    const tensor_entry& tensor = *weights.find(name);
    std::vector<std::byte> content(tensor.bytes);
    tensor_reader(weights).read(tensor, 0, content);
    return content;
  };
  for (const char* name : {"a.weight", "a.scales", "b.biases", "c.weight", "norm.weight"}) {
    EXPECT_EQ(bytes(folder.path() / "out", name), bytes(quantised, name)) << name;
  }
  EXPECT_NE(model_folder::open(folder.path() / "out").config.find("quantization"), nullptr);
}

TEST(merge_mlx, computes_with_dequantised_elements_and_quantises_again) {
  const test::temporary_folder folder;
  const std::string text = "merge_method: linear\n"
                           "parameters: {normalize: false}\n"
                           "models: [{model: mlx, parameters: {weight: -2}}]\n";
  merge_quantised(folder.path() / "out", text);
  merge_quantised(folder.path() / "pieces", text, {.threads = 3, .range_bytes = 100});
  EXPECT_EQ(test::read_file(folder.path() / "out/model.safetensors"),
            test::read_file(folder.path() / "pieces/model.safetensors"));
  for (const char* name : {"a.weight", "b.weight", "c.weight", "norm.weight"}) {
    EXPECT_EQ(model_folder::open(folder.path() / "out").weights.find(name)->packing,
              model_folder::open(quantised).weights.find(name)->packing);
    const std::vector<float> before = floats_of(quantised, name);
    const std::vector<float> after = floats_of(folder.path() / "out", name);
    double error = 0, size = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      error += std::pow(static_cast<double>(after[i]) + 2 * before[i], 2);
      size += std::pow(2 * static_cast<double>(before[i]), 2);
    }
    EXPECT_LT(std::sqrt(error / size), 0.05) << name;
  }
}

TEST(merge_mlx, writes_plain_floats_where_a_type_is_asked_for) {
  const test::temporary_folder folder;
  merge_quantised(folder.path() / "out",
        "merge_method: linear\ndtype: float32\n"
        "models: [{model: mlx, parameters: {weight: 1}}]\n");
  EXPECT_EQ(floats_of(folder.path() / "out", "a.weight"), floats_of(quantised, "a.weight"));
  const model_folder merged = model_folder::open(folder.path() / "out");
  EXPECT_EQ(merged.config.find("quantization"), nullptr);
  EXPECT_EQ(merged.weights.find("a.weight")->packing, std::nullopt);
}

}  // namespace
}  // namespace tensormerge
