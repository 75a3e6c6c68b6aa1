#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/mlx_quantisation.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

std::vector<float> floats_of(const checkpoint& weights, const std::string& name,
                             std::uint64_t first, std::size_t count) {
  std::vector<float> values(count);
  tensor_reader(weights).read(*weights.find(name), first * sizeof(float),
                              std::as_writable_bytes(std::span(values)));
  return values;
}

TEST(mlx_quantisation, is_read_as_mlx_dequantises) {
  const model_folder model = model_folder::open(TENSORMERGE_TEST_DATA "/mlx");
  EXPECT_EQ(model.weights.tensors().size(), 7u);
  EXPECT_EQ(model.weights.find("a.scales"), nullptr);
  EXPECT_EQ(model.weights.find("norm.weight")->packing, std::nullopt);
  for (const char* name : {"a", "b", "c"}) {
    const tensor_entry& tensor = *model.weights.find(std::string(name) + ".weight");
    ASSERT_EQ(tensor.dims, (shape{3, 256})) << name;
    const std::vector<float> found = floats_of(model.weights, tensor.name, 0, 768);
    const std::vector<float> expected =
        floats_of(model.weights, std::string(name) + ".expected", 0, 768);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], expected[i], 1e-6 * std::abs(expected[i]) + 1e-7);  // MLX may fuse
    }
    EXPECT_EQ(floats_of(model.weights, tensor.name, 97, 200),
              std::vector<float>(found.begin() + 97, found.begin() + 297));
  }
  EXPECT_EQ(model.weights.find("a.weight")->packing, mlx_format(4, 64, dtype::bfloat16));
  EXPECT_EQ(model.weights.find("b.weight")->packing, mlx_format(8, 32, dtype::float16));
  EXPECT_EQ(model.weights.find("a.weight")->nominal_type(), dtype::bfloat16);
}

TEST(mlx_quantisation, of_another_kind_stays_as_it_is) {
  const checkpoint weights = checkpoint::open(TENSORMERGE_TEST_DATA "/mlx/model.safetensors");
  for (const char* config :
       {R"({})", R"({"quantization": {"group_size": 64, "bits": 3}})",
        R"({"quantization": {"group_size": 32, "bits": 4}})",
        R"({"quantization": {"group_size": 64, "bits": 4, "mode": "mxfp4"}})",
        R"({"quantization": 4})"}) {
    const checkpoint read = with_mlx_weights(weights, load_json(config, "config.json"));
    EXPECT_NE(read.find("a.scales"), nullptr) << config;
    EXPECT_EQ(read.find("a.weight")->type, dtype::uint32) << config;
  }
}

TEST(mlx_block, encodes_what_it_decoded_with_small_errors) {
  const model_folder model = model_folder::open(TENSORMERGE_TEST_DATA "/mlx");
  for (const char* name : {"a.weight", "b.weight", "c.weight"}) {
    const block_format format = *model.weights.find(name)->packing;
    const std::vector<float> values = floats_of(model.weights, name, 0, 768);
    std::vector<std::byte> packed(packed_bytes(format, 768));
    encode_blocks(format, values, packed);
    std::vector<float> again(768);
    decode_blocks(format, packed, again);
    double error = 0, size = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      error += std::pow(static_cast<double>(again[i]) - values[i], 2);
      size += std::pow(static_cast<double>(values[i]), 2);
    }
    EXPECT_LT(std::sqrt(error / size), name[0] == 'b' ? 0.005 : 0.05) << name;
  }
}

TEST(mlx_block, with_what_is_not_finite_decodes_to_nan_alone) {
  const block_format format = *mlx_format(4, 32, dtype::float16);
  std::vector<float> values(64, 0.5f);
  values[3] = std::nanf("");
  std::vector<std::byte> packed(packed_bytes(format, 64));
  encode_blocks(format, values, packed);
  decode_blocks(format, packed, values);
  EXPECT_TRUE(std::isnan(values[0]));
  EXPECT_NEAR(values[40], 0.5f, 1e-3);
}

}  // namespace
}  // namespace tensormerge
