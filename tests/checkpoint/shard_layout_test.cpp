#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/shard_layout.hpp>
#include <tensormerge/document/load_json.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

std::vector<output_tensor> bytes_tensors(const std::vector<std::uint64_t>& sizes) {
  std::vector<output_tensor> tensors;
  for (const std::uint64_t size : sizes) {
    tensors.push_back({"t" + std::to_string(tensors.size()), dtype::uint8, shape{size}});
  }
  return tensors;
}

std::vector<std::uint32_t> shards_of(const std::vector<std::uint64_t>& sizes, std::uint64_t limit) {
  std::vector<std::uint32_t> found;
  for (const tensor_entry& entry : lay_out_shards(bytes_tensors(sizes), {}, limit).tensors) {
    found.push_back(entry.file);
  }
  return found;
}

using numbers = std::vector<std::uint32_t>;

TEST(lay_out_shards, fills_shards_in_order_up_to_the_limit) {
  EXPECT_EQ(shards_of({5, 5, 1, 9, 2}, 10), (numbers{0, 0, 1, 1, 2}));
  EXPECT_EQ(shards_of({5, 5}, 10), (numbers{0, 0}));
  EXPECT_EQ(shards_of({0, 10, 0, 1}, 10), (numbers{0, 0, 0, 1}));
}

TEST(lay_out_shards, gives_a_tensor_above_the_limit_a_shard_of_its_own) {
  EXPECT_EQ(shards_of({1, 50, 1, 1}, 10), (numbers{0, 1, 2, 2}));
  EXPECT_EQ(shards_of({50, 1}, 10), (numbers{0, 1}));
  EXPECT_EQ(shards_of({1, 1}, 0), (numbers{0, 1}));
}

TEST(lay_out_shards, names_one_file_plainly_and_several_by_number) {
  EXPECT_EQ(lay_out_shards(bytes_tensors({3}), {}, 10).shards[0].file_name, "model.safetensors");
  EXPECT_EQ(lay_out_shards({}, {}, 10).shards[0].file_name, "model.safetensors");
  const shard_layout two = lay_out_shards(bytes_tensors({8, 8}), {}, 10);
  EXPECT_EQ(two.shards[0].file_name, "model-00001-of-00002.safetensors");
  EXPECT_EQ(two.shards[1].file_name, "model-00002-of-00002.safetensors");
}

TEST(lay_out_shards, puts_wider_dtypes_first_so_that_elements_are_aligned) {
  const std::vector<output_tensor> outputs{{"a", dtype::uint8, shape{3}},
                                           {"b", dtype::float32, shape{2}},
                                           {"c", dtype::bfloat16, shape{3}},
                                           {"d", dtype::int64, shape{}}};
  const shard_layout layout = lay_out_shards(outputs, {}, 1000);
  EXPECT_EQ(layout.tensor_bytes, 3u + 8 + 6 + 8);
  EXPECT_EQ(layout.shards[0].file_bytes, layout.shards[0].prefix.size() + layout.tensor_bytes);
  for (const tensor_entry& entry : layout.tensors) {
    EXPECT_EQ(entry.offset % bytes_per_element(entry.type), 0u) << entry.name;
  }
  EXPECT_EQ(layout.tensors[3].offset, layout.shards[0].prefix.size());
}

TEST(lay_out_shards, refuses_names_given_twice_and_impossible_sizes) {
  const auto message = [](const std::vector<output_tensor>& outputs) {
    return message_of([&] { lay_out_shards(outputs, {}, 10); });
  };
  EXPECT_TRUE(contains(message({{"a", dtype::uint8, {1}}, {"a", dtype::uint8, {1}}}), "`a`"));
  EXPECT_TRUE(contains(message({{"__metadata__", dtype::uint8, {1}}}), "cannot have this name"));
  const std::uint64_t large = std::uint64_t{1} << 33;
  EXPECT_TRUE(contains(message({{"a", dtype::uint8, {large, large}}}), "the output is too large"));
  EXPECT_TRUE(contains(message({{"a", dtype::float64, {large, large >> 5}}}), "too large"));
}

TEST(shard_index_text, maps_every_tensor_to_its_file) {
  const node index =
      load_json(shard_index_text(lay_out_shards(bytes_tensors({8, 8}), {}, 10)), "i");
  EXPECT_EQ(index.find("metadata")->find("total_size")->text, "16");
  const node& weight_map = *index.find("weight_map");
  ASSERT_EQ(weight_map.entries.size(), 2u);
  EXPECT_EQ(weight_map.find("t0")->text, "model-00001-of-00002.safetensors");
  EXPECT_EQ(weight_map.find("t1")->text, "model-00002-of-00002.safetensors");
}

}  // namespace
}  // namespace tensormerge
