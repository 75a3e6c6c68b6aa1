#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/crc32.hpp>
#include <tensormerge/checkpoint/little_endian.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/torch/lay_out_torch.hpp>

#include "../temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::bytes_of;
using test::contains;
using test::names_in;
using names = std::vector<std::string>;

const std::vector<output_tensor> three{
    {"b", dtype::float32, {2}}, {"a", dtype::uint8, {3, 1}}, {"none", dtype::bfloat16, {0, 4}}};

std::string content_of(const checkpoint& weights, const char* name) {
  const tensor_entry& entry = *weights.find(name);
  std::string content(entry.bytes, '\0');
  tensor_reader(weights).read(entry, 0, std::as_writable_bytes(std::span(content)));
  return content;
}

class written_torch_file : public testing::Test {
 protected:
  void write(std::uint64_t shard_bytes) const {
    model_writer writer(folder_ / "out", lay_out_torch(three, shard_bytes));
    writer.write(0, 4, bytes_of("5678"));  // in parts, the last first
    writer.write(0, 0, bytes_of("1234"));
    writer.write(1, 0, bytes_of("abc"));
    writer.commit();
  }
  void expect_tensors() const {
    const checkpoint read = checkpoint::open(folder_ / "out");
    ASSERT_EQ(read.tensors().size(), 3u);
    EXPECT_EQ(content_of(read, "b"), "12345678");
    EXPECT_EQ(content_of(read, "a"), "abc");
    EXPECT_EQ(read.find("a")->dims, (shape{3, 1}));
    EXPECT_EQ(read.find("b")->type, dtype::float32);
    EXPECT_EQ(read.find("b")->offset % 64, 0u);
    EXPECT_EQ(read.find("none")->dims, (shape{0, 4}));
  }

  test::temporary_folder folder_;
};

TEST_F(written_torch_file, reads_back) {
  write(1000);
  EXPECT_EQ(names_in(folder_ / "out"), (names{"pytorch_model.bin"}));
  expect_tensors();
}

TEST_F(written_torch_file, has_the_checksums_of_its_tensors) {
  write(1000);
  const std::string bytes = test::read_file(folder_ / "out/pytorch_model.bin");
  const shard_layout layout = lay_out_torch(three, 1000);
  for (const auto& [tensor, content] : {std::pair(0u, "12345678"), std::pair(1u, "abc")}) {
    ASSERT_EQ(layout.checksum_places[tensor].size(), 2u);
    for (const std::uint64_t place : layout.checksum_places[tensor]) {
      EXPECT_EQ(little_endian(bytes_of(std::string_view(bytes).substr(place, 4))),
                crc32_of(bytes_of(content)));
    }
  }
  EXPECT_TRUE(layout.checksum_places[2].empty());
}

TEST_F(written_torch_file, is_in_shards_where_it_would_be_too_large) {
  write(8);
  EXPECT_EQ(names_in(folder_ / "out"),
            (names{"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
                   "pytorch_model.bin.index.json"}));
  expect_tensors();
}

TEST_F(written_torch_file, replaces_weights_that_a_loader_would_prefer) {
  test::write_file(folder_ / "out/model.safetensors", "old");
  test::write_file(folder_ / "out/pytorch_model-00001-of-00002.bin", "old");
  write(1000);
  EXPECT_EQ(names_in(folder_ / "out"), (names{"pytorch_model.bin"}));
}

TEST_F(written_torch_file, has_checksums_of_what_is_copied_and_of_what_a_killed_run_left) {
  test::write_file(folder_ / "in.safetensors", test::file_with_tensor("t", "abcdefgh"));
  const checkpoint input = checkpoint::open(folder_ / "in.safetensors");
  const tensor_reader reader(input);
  const std::vector<output_tensor> two{{"kept", dtype::uint8, {4}}, {"copied", dtype::uint8, {8}}};
  const shard_layout layout = lay_out_torch(two, 1000);
  model_writer writer(folder_ / "out", layout);
  writer.write(0, 0, bytes_of("1234"));
  {  // as if another run had written it
    model_writer other(folder_ / "other", layout);
    other.write(0, 0, bytes_of("1234"));
    EXPECT_TRUE(other.keeps({.tensor = 0,
                             .range_bytes = 3,
                             .hash = hash_bytes(bytes_of("123"), 0) +
                                     hash_bytes(bytes_of("4"), 3)}));
    other.copy(1, reader, input.tensors()[0]);
    other.commit();
  }
  writer.copy(1, 5, reader, input.tensors()[0], 5, 3);
  writer.copy(1, 0, reader, input.tensors()[0], 0, 5);
  writer.commit();
  EXPECT_EQ(test::read_file(folder_ / "out/pytorch_model.bin"),
            test::read_file(folder_ / "other/pytorch_model.bin"));
}

TEST(lay_out_torch, of_no_tensor_gives_an_archive) {
  const shard_layout layout = lay_out_torch({}, 10);
  ASSERT_EQ(layout.shards.size(), 1u);
  EXPECT_EQ(layout.shards[0].prefix.size(), layout.shards[0].file_bytes);
}

TEST(lay_out_torch, refuses_blocks_names_given_twice_and_impossible_sizes) {
  const auto message = [](const std::vector<output_tensor>& outputs) {
    return test::message_of([&] { lay_out_torch(outputs, 10); });
  };
  EXPECT_TRUE(contains(
      message({{"a.weight", dtype::float32, {64}, mlx_format(4, 64, dtype::float16)}}),
      "`a.weight`: the output cannot be quantised in a file of torch, expected a type of elements, "
      "found MLX 4 bits; ask for one, float16 perhaps"));
  EXPECT_TRUE(contains(message({{"a"}, {"a"}}), "cannot have this name"));
  EXPECT_TRUE(contains(message({{"a", dtype::uint8, {1ull << 40, 1ull << 40}}}), "too large"));
}

}  // namespace
}  // namespace tensormerge
