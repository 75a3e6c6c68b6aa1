#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/plan/lora/apply_adapter.hpp>

#include "../../checkpoint/temporary_folder.hpp"
#include "../../checkpoint/torch/torch_bytes.hpp"

namespace tensormerge {
namespace {

using test::contains;

struct float_tensor {
  std::string name;
  shape dims;
  std::vector<float> values;
};

std::string float_bytes(const std::vector<float>& values) {
  std::string data(values.size() * sizeof(float), '\0');
  std::memcpy(data.data(), values.data(), data.size());
  return data;
}

std::string float_file(const std::vector<float_tensor>& tensors) {
  std::string header, data;
  for (const float_tensor& tensor : tensors) {
    const std::size_t begin = data.size();
    data += float_bytes(tensor.values);
    header += (header.empty() ? "\"" : ",\"") + tensor.name + "\":{\"dtype\":\"F32\",\"shape\":" +
              to_string(tensor.dims) + ",\"data_offsets\":[" + std::to_string(begin) + ',' +
              std::to_string(data.size()) + "]}";
  }
  return test::safetensors_file('{' + header + '}', data);
}

/// A base with matrices, an embedding and a bias, and adapters for it; the scale is 8 / 2 = 4.
class adapted_model : public testing::Test {
 protected:
  adapted_model() {
    test::write_file(folder_ / "base/model.safetensors",
                     float_file({{"m.lin.weight", {2, 3}, {1, 2, 3, 4, 5, 6}},
                                 {"m.lin.bias", {2}, {1, 2}},
                                 {"m.square.weight", {2, 2}, {1, 2, 3, 4}},
                                 {"m.emb.weight", {3, 2}, {1, 2, 3, 4, 5, 6}},
                                 {"h.0.conv1d.weight", {3, 2}, {1, 2, 3, 4, 5, 6}},
                                 {"norm.weight", {2}, {1, 1}}}));
  }

  checkpoint apply(const std::vector<float_tensor>& tensors,
                   const std::string& settings = {}) const {
    test::write_file(folder_ / "adapter/adapter_model.safetensors", float_file(tensors));
    return apply_file(settings);
  }
  checkpoint apply_file(const std::string& settings) const {
    test::write_file(folder_ / "adapter/adapter_config.json",
                     R"({"peft_type": "LORA", "r": 2, "lora_alpha": 8)" + settings + "}");
    checkpoint weights = checkpoint::open(folder_ / "base");
    apply_adapter(weights, folder_ / "adapter");
    return weights;
  }
  std::string message(const std::vector<float_tensor>& tensors,
                      const std::string& settings = {}) const {
    return test::message_of([&] { apply(tensors, settings); });
  }

  static std::vector<double> values(const checkpoint& weights, const char* name) {
    const tensor_entry& entry = *weights.find(name);
    const source_elements source{std::make_shared<const tensor_reader>(weights), entry};
    std::vector<double> all(entry.dims.elements());
    std::vector<std::byte> buffer;
    source.read(0, all, buffer);
    return all;
  }

  /// A and B of rank 2 with a product of ones on the diagonal.
  static std::vector<float_tensor> factors(const std::string& module, std::uint64_t columns,
                                           std::uint64_t rows) {
    std::vector<float> a(2 * columns), b(2 * rows);
    a[0] = a[columns + 1] = b[0] = b[3] = 1;
    return {{"base_model.model." + module + ".lora_A.weight", {2, columns}, a},
            {"base_model.model." + module + ".lora_B.weight", {rows, 2}, b}};
  }

  test::temporary_folder folder_;
};

TEST_F(adapted_model, gets_the_scaled_product) {
  const checkpoint weights = apply(factors("m.lin", 3, 2));
  EXPECT_EQ(values(weights, "m.lin.weight"), (std::vector<double>{5, 2, 3, 4, 9, 6}));
  EXPECT_EQ(weights.find("m.lin.weight")->type, dtype::float64);
  EXPECT_EQ(weights.find("m.lin.weight")->nominal_type(), dtype::float32);
  EXPECT_EQ(weights.find("m.lin.bias")->view, nullptr);
}

TEST_F(adapted_model, gets_the_transposed_product_where_the_base_is_transposed) {
  EXPECT_EQ(values(apply(factors("transformer.h.0.conv1d", 3, 2)), "h.0.conv1d.weight"),
            (std::vector<double>{5, 2, 3, 8, 5, 6}));
  std::vector<float_tensor> square = factors("m.square", 2, 2);
  square[1].values = {0, 1, 0, 0};
  EXPECT_EQ(values(apply(square), "m.square.weight"), (std::vector<double>{1, 6, 3, 4}));
  EXPECT_EQ(values(apply(square, R"(, "fan_in_fan_out": true)"), "m.square.weight"),
            (std::vector<double>{1, 2, 7, 4}));
}

TEST_F(adapted_model, gets_a_changed_embedding) {
  const checkpoint weights =
      apply({{"base_model.model.m.emb.lora_embedding_A", {2, 3}, {0, 1, 0, 0, 0, 1}},
             {"base_model.model.m.emb.lora_embedding_B", {2, 2}, {1, 0, 0, 1}}});
  EXPECT_EQ(values(weights, "m.emb.weight"), (std::vector<double>{1, 2, 7, 4, 5, 10}));
}

TEST_F(adapted_model, gets_whole_tensors_and_biases_that_were_trained) {
  std::vector<float_tensor> tensors = factors("m.lin", 3, 2);
  tensors.push_back({"base_model.model.norm.modules_to_save.default.weight", {2}, {7, 8}});
  tensors.push_back({"base_model.model.m.lin.lora_B.bias", {2}, {1, 2}});
  const checkpoint weights = apply(tensors);
  EXPECT_EQ(values(weights, "norm.weight"), (std::vector<double>{7, 8}));
  EXPECT_EQ(values(weights, "m.lin.bias"), (std::vector<double>{5, 10}));
}

TEST_F(adapted_model, gets_the_magnitudes_of_dora) {
  std::vector<float_tensor> tensors = factors("m.square", 2, 2);
  tensors[0].values = {0, 0, 0, 0};
  tensors.push_back({"base_model.model.m.square.lora_magnitude_vector", {2}, {5, 10}});
  const std::vector<double> got =
      values(apply(tensors, R"(, "use_dora": true)"), "m.square.weight");
  EXPECT_DOUBLE_EQ(got[2], 6);
  EXPECT_DOUBLE_EQ(got[3], 8);
  EXPECT_TRUE(contains(message(tensors), "wrong about the adapter's magnitudes"));
}

TEST_F(adapted_model, takes_an_adapter_that_torch_saved) {
  const std::string items =
      test::text("base_model.model.norm.weight") + test::vector_of("0", 2);
  test::write_file(folder_ / "adapter/adapter_model.bin",
                   test::torch_zip(test::pickled_dict(items), {{"0", float_bytes({3, 4})}}));
  EXPECT_EQ(values(apply_file(""), "norm.weight"), (std::vector<double>{3, 4}));
}

TEST_F(adapted_model, takes_nothing_that_fits_no_tensor) {
  EXPECT_TRUE(contains(message(factors("m.other", 3, 2)),
                       "`base_model.model.m.other.lora_A.weight`: the base has no tensor that this "
                       "one of the adapter changes, expected the tensor `m.other.weight`"));
  EXPECT_TRUE(contains(message(factors("m.lin", 4, 2)), "the factors do not fit"));
  EXPECT_TRUE(contains(message(factors("m.lin", 3, 2), R"(, "rank_pattern": {"lin": 3})"),
                       "the rank is not that of adapter_config.json, expected 3, found 2"));
  EXPECT_TRUE(contains(message({factors("m.lin", 3, 2)[0]}), "only one of the two factors"));
  EXPECT_TRUE(contains(message({{"x.lora_C.weight", {1}, {1}}}), "a kind that is not supported"));
  EXPECT_TRUE(contains(message({{"norm.weight", {1}, {1}}}), "the shape does not fit the base"));
}

}  // namespace
}  // namespace tensormerge
