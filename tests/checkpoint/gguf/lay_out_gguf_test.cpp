#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_header.hpp>
#include <tensormerge/checkpoint/gguf/lay_out_gguf.hpp>

#include "gguf_bytes.hpp"

namespace tensormerge {
namespace {

TEST(lay_out_gguf, writes_the_bytes_of_the_python_package) {
  const gguf_header header = read_gguf_header(test::tiny_gguf());
  std::vector<output_tensor> outputs;
  for (const gguf_tensor& tensor : header.tensors) {
    outputs.push_back({tensor.name, tensor.type.plain.value_or(dtype::float32), tensor.dims,
                       tensor.type.packed});
  }
  const shard_layout layout = lay_out_gguf(outputs, header.metadata);
  const std::string expected = test::read_file(test::tiny_gguf());
  ASSERT_EQ(layout.shards.size(), 1u);
  const shard_layout::shard& file = layout.shards[0];
  EXPECT_EQ(file.prefix, expected.substr(0, file.prefix.size()));
  EXPECT_EQ(file.file_bytes, expected.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_EQ(layout.tensors[i].offset, header.tensors[i].offset);
    EXPECT_EQ(layout.tensors[i].bytes, header.tensors[i].bytes);
  }
}

TEST(lay_out_gguf, keeps_an_alignment_of_the_files_own) {
  gguf_metadata metadata;
  metadata.set_number("general.alignment", 64);
  const shard_layout layout = lay_out_gguf(
      {{"a", dtype::float32, shape{3}}, {"b", dtype::float32, shape{3}}}, metadata);
  EXPECT_EQ(layout.tensors[0].offset % 64, 0u);
  EXPECT_EQ(layout.tensors[1].offset, layout.tensors[0].offset + 64);
}

TEST(lay_out_gguf, refuses_what_the_format_cannot_hold) {
  EXPECT_THROW(lay_out_gguf({{"a", dtype::uint8, shape{3}}}, {}), failure);
  EXPECT_THROW(lay_out_gguf({{"a", dtype::float32, shape{33}, block_format::q8_0}}, {}), failure);
  EXPECT_THROW(lay_out_gguf({{"a"}, {"a"}}, {}), failure);
  EXPECT_THROW(lay_out_gguf({{"a", dtype::float32, shape{1ull << 40, 1ull << 40}}}, {}), failure);
}

}  // namespace
}  // namespace tensormerge
