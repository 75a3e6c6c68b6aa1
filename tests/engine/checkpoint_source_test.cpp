#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/engine/checkpoint_source.hpp>
#include <tensormerge/engine/merged_source.hpp>
#include <tensormerge/error/failure.hpp>
#include <tensormerge/method/task_arithmetic.hpp>
#include <tensormerge/plan/lora/apply_adapter.hpp>

#include "../checkpoint/temporary_folder.hpp"
#include "memory_source.hpp"

namespace tensormerge {
namespace {

using test::all_values_of;
using numbers = std::vector<double>;

struct named_values {
  std::string name, dims;
  std::vector<float> values;
};

std::string file_of_floats(const std::vector<named_values>& tensors) {
  std::string header, data;
  for (const named_values& tensor : tensors) {
    const std::size_t begin = data.size(), bytes = tensor.values.size() * sizeof(float);
    data.resize(begin + bytes);
    std::memcpy(data.data() + begin, tensor.values.data(), bytes);
    header += (header.empty() ? "\"" : ",\"") + tensor.name + "\":{\"dtype\":\"F32\",\"shape\":" +
              tensor.dims + ",\"data_offsets\":[" + std::to_string(begin) + ',' +
              std::to_string(begin + bytes) + "]}";
  }
  return test::safetensors_file('{' + header + '}', data);
}

TEST(checkpoint_source, gives_models_with_adapters_to_merge_while_they_are_read) {
  const test::temporary_folder folder;
  test::write_file(folder / "base/model.safetensors",
                   file_of_floats({{"m.lin.weight", "[2,2]", {1, 2, 3, 4}}, {"norm", "[1]", {1}}}));
  test::write_file(folder / "tuned/model.safetensors",
                   file_of_floats({{"m.lin.weight", "[2,2]", {3, 2, 3, 8}}, {"norm", "[1]", {2}}}));
  test::write_file(folder / "adapter/adapter_model.safetensors",
                   file_of_floats({{"base_model.model.m.lin.lora_A.weight", "[1,2]", {1, 0}},
                               {"base_model.model.m.lin.lora_B.weight", "[2,1]", {1, 2}}}));
  test::write_file(folder / "adapter/adapter_config.json",
                   R"({"peft_type": "LORA", "r": 1, "lora_alpha": 4})");
  checkpoint adapted = checkpoint::open(folder / "base");
  apply_adapter(adapted, folder / "adapter");
  const checkpoint_source base(checkpoint::open(folder / "base")),
      tuned(checkpoint::open(folder / "tuned")), with_adapter(adapted);
  EXPECT_EQ(all_values_of(with_adapter, "m.lin.weight"), numbers({5, 2, 11, 4}));
  const merged_source<task_arithmetic> model(
      base, {tuned, with_adapter}, [](std::string_view) {
        return merge_coefficients<task_arithmetic>{.shared = {},
                                                   .inputs = {{.weight = 0.5}, {.weight = 0.25}}};
      });
  EXPECT_EQ(all_values_of(model, "m.lin.weight"), numbers({3, 2, 5, 6}));
  EXPECT_EQ(all_values_of(model, "norm"), numbers({1.5}));
}

TEST(checkpoint_source, lists_and_describes_its_tensors) {
  const test::temporary_folder folder;
  test::write_file(folder / "model.safetensors", file_of_floats({{"w", "[2]", {1, 2}}}));
  const checkpoint_source model(checkpoint::open(folder / "model.safetensors"));
  EXPECT_THAT(model.names(), ::testing::ElementsAre("w"));
  EXPECT_EQ(model.describe("w"), (tensor_description{dtype::float32, {2}}));
  EXPECT_FALSE(model.describe("v"));
  std::vector<std::byte> memory(4);
  EXPECT_THROW(model.read("v", memory), failure);
}

}  // namespace
}  // namespace tensormerge
