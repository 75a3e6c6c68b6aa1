#include <tensormerge/dtype/block/block_format.hpp>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "../checkpoint/temporary_folder.hpp"
#include "example_models.hpp"
#include "llama_cpp.hpp"

namespace tensormerge {
namespace {

ggml_type type_in_ggml(block_format format) {
  switch (format) {
    case block_format::q4_0: return GGML_TYPE_Q4_0;
    case block_format::q4_1: return GGML_TYPE_Q4_1;
    case block_format::q5_0: return GGML_TYPE_Q5_0;
    case block_format::q5_1: return GGML_TYPE_Q5_1;
    case block_format::q8_0: return GGML_TYPE_Q8_0;
    case block_format::q4_k: return GGML_TYPE_Q4_K;
    default: return GGML_TYPE_Q6_K;
  }
}

/// Rows of all kinds: the matrices of a model, and numbers that are drawn.
std::vector<std::vector<float>> weights() {
  std::vector<std::vector<float>> all;
  const test::temporary_folder folder;
  const test::ggml_file file(test::convert(test::example_models() / "prose-base",
                                           folder / "model.gguf", "float32"));
  for (ggml_tensor* tensor = ggml_get_first_tensor(file.tensors.get()); tensor != nullptr;
       tensor = ggml_get_next_tensor(file.tensors.get(), tensor)) {
    const auto* values = static_cast<const float*>(tensor->data);
    if (ggml_n_dims(tensor) > 1) all.emplace_back(values, values + ggml_nelements(tensor));
  }
  std::mt19937 random(1);
  for (const float size : {1e-30f, 1e-6f, 1.0f, 1000.0f}) {
    for (const float middle : {0.0f, 3.0f}) {
      std::normal_distribution<float> normal(middle * size, size);
      std::vector<float>& drawn = all.emplace_back(64 * 256);
      for (float& value : drawn) value = normal(random);
    }
  }
  // Equal magnitudes, halves, and a block of zeros.
  std::vector<float>& few = all.emplace_back(64 * 256);
  for (std::size_t i = 256; i < few.size(); ++i) {
    few[i] = static_cast<float>(static_cast<int>(random() % 17) - 8) / 2;
  }
  return all;
}

struct packed_weights {
  std::vector<std::byte> ours, theirs;
};

packed_weights encode(block_format format, const std::vector<float>& values) {
  const std::size_t bytes = packed_bytes(format, values.size());
  packed_weights packed{std::vector<std::byte>(bytes), std::vector<std::byte>(bytes)};
  encode_blocks(format, values, packed.ours);
  ggml_get_type_traits(type_in_ggml(format))
      ->from_float_ref(values.data(), packed.theirs.data(),
                       static_cast<std::int64_t>(values.size()));
  return packed;
}

double squared_error(block_format format, const std::vector<float>& values,
                     const std::vector<std::byte>& packed) {
  std::vector<float> decoded(values.size());
  decode_blocks(format, packed, decoded);
  double error = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    error += std::pow(static_cast<double>(values[i]) - static_cast<double>(decoded[i]), 2);
  }
  return error;
}

TEST(block_format, decodes_to_the_bits_of_ggml) {
  for (const block_format format : gguf_block_formats) {
    for (const std::vector<float>& values : weights()) {
      const packed_weights packed = encode(format, values);
      std::vector<float> ours(values.size()), theirs(values.size());
      decode_blocks(format, packed.theirs, ours);
      ggml_get_type_traits(type_in_ggml(format))
          ->to_float(packed.theirs.data(), theirs.data(),
                     static_cast<std::int64_t>(values.size()));
      EXPECT_EQ(std::memcmp(ours.data(), theirs.data(), ours.size() * sizeof(float)), 0)
          << to_string(format);
    }
  }
}

TEST(block_format, encodes_to_the_bytes_of_ggml_where_there_is_no_search) {
  for (const block_format format : gguf_block_formats) {
    if (elements_per_block(format) != 32) continue;
    for (const std::vector<float>& values : weights()) {
      const packed_weights packed = encode(format, values);
      EXPECT_EQ(packed.ours, packed.theirs) << to_string(format);
    }
  }
}

TEST(block_format, searches_for_no_larger_errors_than_ggml) {
  for (const block_format format : {block_format::q4_k, block_format::q6_k}) {
    for (const std::vector<float>& values : weights()) {
      const packed_weights packed = encode(format, values);
      EXPECT_LE(squared_error(format, values, packed.ours),
                squared_error(format, values, packed.theirs))
          << to_string(format);
    }
  }
}

}  // namespace
}  // namespace tensormerge
