#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/block/block_format.hpp>

namespace tensormerge {
namespace {

/// What the Python package gguf encoded and decoded (tests/data/gguf/make_block_vectors.py).
struct vectors {
  std::vector<float> values = std::vector<float>(512), decoded = std::vector<float>(512);
  std::vector<std::byte> packed{};

  explicit vectors(block_format format) : packed(packed_bytes(format, 512)) {
    std::ifstream file(std::string(TENSORMERGE_TEST_DATA "/gguf/") + std::string(to_string(format)) +
                           ".bin",
                       std::ios::binary);
    const auto read = [&file](auto& into) {
      file.read(reinterpret_cast<char*>(into.data()),
                static_cast<std::streamsize>(into.size() * sizeof(into[0])));
    };
    read(values);
    read(packed);
    read(decoded);
    EXPECT_TRUE(file.good());
  }
};

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

std::vector<std::byte> encoded(block_format format, const std::vector<float>& values) {
  std::vector<std::byte> bytes(packed_bytes(format, values.size()));
  encode_blocks(format, values, bytes);
  return bytes;
}

std::vector<float> decoded(block_format format, const std::vector<std::byte>& bytes) {
  std::vector<float> values(bytes.size() / bytes_per_block(format) * elements_per_block(format));
  decode_blocks(format, bytes, values);
  return values;
}

double relative_error(const std::vector<float>& values, const std::vector<float>& found) {
  double error = 0, size = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    error += std::pow(static_cast<double>(values[i]) - found[i], 2);
    size += std::pow(static_cast<double>(values[i]), 2);
  }
  return std::sqrt(error / size);
}

constexpr bool has_reference_encoder(block_format format) {
  return format != block_format::q4_k && format != block_format::q6_k;
}

class blocks : public testing::TestWithParam<block_format> {};
INSTANTIATE_TEST_SUITE_P(formats, blocks, testing::ValuesIn(gguf_block_formats),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST_P(blocks, decode_to_the_bits_of_the_python_package) {
  const vectors expected(GetParam());
  EXPECT_EQ(bits(decoded(GetParam(), expected.packed)), bits(expected.decoded));
}

TEST_P(blocks, encode_to_the_bytes_of_the_python_package_where_it_encodes) {
  if (!has_reference_encoder(GetParam())) return;
  const vectors expected(GetParam());
  const std::vector<std::byte> packed = encoded(GetParam(), expected.values);
  EXPECT_EQ(packed, expected.packed);
  const std::vector<float> once = decoded(GetParam(), packed);
  EXPECT_EQ(decoded(GetParam(), encoded(GetParam(), once)), once);
}

TEST_P(blocks, are_found_by_their_names) {
  EXPECT_EQ(block_format_named(to_string(GetParam())), GetParam());
  EXPECT_EQ(block_format_named("Q9_9"), std::nullopt);
}

TEST_P(blocks, with_what_is_not_finite_decode_to_nan_alone) {
  const std::size_t size = elements_per_block(GetParam());
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {std::nanf(""), infinity, -infinity}) {
    std::vector<float> values(2 * size, 1.0f);
    values[size / 3] = bad;
    const std::vector<float> found = decoded(GetParam(), encoded(GetParam(), values));
    for (std::size_t i = 0; i < size; ++i) EXPECT_TRUE(std::isnan(found[i]));
    for (std::size_t i = size; i < 2 * size; ++i) EXPECT_NEAR(found[i], 1.0f, 1e-3);
  }
}

TEST_P(blocks, of_extreme_numbers_are_encoded_without_harm) {
  const std::size_t size = elements_per_block(GetParam());
  for (const float extreme : {0.0f, std::numeric_limits<float>::denorm_min(), 1e-30f}) {
    for (const float found :
         decoded(GetParam(), encoded(GetParam(), std::vector<float>(size, extreme)))) {
      EXPECT_NEAR(found, 0, 1e-6);
    }
  }
  const float most = std::numeric_limits<float>::max();
  std::vector<float> values(size, most);
  values[0] = -most;
  const std::vector<float> found = decoded(GetParam(), encoded(GetParam(), values));
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [](float x) { return !std::isfinite(x); }));
}

TEST(k_blocks, hold_numbers_as_well_as_their_bits_allow) {
  std::vector<float> values(2048);
  std::uint32_t state = 1;
  for (float& value : values) {
    value = 0;
    for (int i = 0; i < 6; ++i) {  // nearly normal
      state = state * 1664525u + 1013904223u;
      value += static_cast<float>(state >> 8) / 16777216.0f - 0.5f;
    }
  }
  const auto error = [&values](block_format format) {
    return relative_error(values, decoded(format, encoded(format, values)));
  };
  EXPECT_LT(error(block_format::q4_k), 0.072);
  EXPECT_LT(error(block_format::q6_k), 0.018);
  EXPECT_LT(error(block_format::q4_k), error(block_format::q4_1));
}

}  // namespace
}  // namespace tensormerge
