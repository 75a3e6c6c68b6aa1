#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/safetensors_header.hpp>
#include <tensormerge/checkpoint/write_safetensors_header.hpp>

namespace tensormerge {
namespace {

TEST(safetensors_prefix, is_pinned_byte_by_byte) {
  const tensor_entry b{
      .name = "b", .type = dtype::bfloat16, .dims = {2, 3}, .offset = 0, .bytes = 12};
  const tensor_entry a{.name = "a", .type = dtype::float32, .dims = {}, .offset = 12, .bytes = 4};
  EXPECT_EQ(safetensors_prefix({&b, &a}, {{"format", "pt"}}),
            std::string("\x90\0\0\0\0\0\0\0", 8) +
                R"({"__metadata__":{"format":"pt"},)"
                R"("a":{"dtype":"F32","shape":[],"data_offsets":[12,16]},)"
                R"("b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}})" +
                " ");
}

TEST(safetensors_prefix, lets_elements_begin_at_a_multiple_of_8) {
  for (std::size_t length = 0; length < 20; ++length) {
    const tensor_entry tensor{.name = std::string(length, 'n'), .dims = {0}};
    EXPECT_EQ(safetensors_prefix({&tensor}, {}).size() % 8, 0u);
  }
}

TEST(safetensors_prefix, reads_back_with_names_of_every_kind) {
  std::vector<tensor_entry> entries;
  std::vector<const tensor_entry*> pointers;
  std::uint64_t reached = 0;
  for (const char* name : {"plain.weight", "with \"quotes\"", "back\\slash", "größe", ""}) {
    entries.push_back(
        {.name = name, .type = dtype::float16, .dims = {3}, .offset = reached, .bytes = 6});
    reached += 6;
  }
  for (const tensor_entry& entry : entries) pointers.push_back(&entry);
  const std::string prefix = safetensors_prefix(pointers, {{"key \"", "value\n"}});
  const safetensors_header read = parse_safetensors_header(prefix.substr(8), reached, "f");
  ASSERT_EQ(read.tensors.size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(read.tensors[i].name, entries[i].name);
    EXPECT_EQ(read.tensors[i].offset, prefix.size() + entries[i].offset);
  }
  EXPECT_EQ(read.metadata, (safetensors_metadata{{"key \"", "value\n"}}));
}

}  // namespace
}  // namespace tensormerge
