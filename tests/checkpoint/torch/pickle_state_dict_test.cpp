#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/torch/pickle_state_dict.hpp>
#include <tensormerge/checkpoint/torch/unpickle.hpp>

#include "torch_bytes.hpp"

namespace tensormerge {
namespace {

tensor_entry entry_of(std::string name, dtype type, shape dims) {
  tensor_entry entry{.name = std::move(name), .type = type, .dims = std::move(dims)};
  entry.bytes = entry.dims.elements() * bytes_per_element(type);
  return entry;
}

TEST(pickle_state_dict, describes_tensors_of_every_type) {
  std::vector<tensor_entry> tensors;
  for (const dtype_facts& facts : all_dtypes) {
    tensors.push_back(entry_of(std::string(facts.name), facts.type, {2, 300, 70'000}));
  }
  std::vector<const tensor_entry*> pointers;
  for (const tensor_entry& tensor : tensors) pointers.push_back(&tensor);
  const std::string pickle = pickle_state_dict(pointers);
  const pickle_tree tree = unpickle(pickle, "data.pkl");
  EXPECT_EQ(tree.end, pickle.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const pickle_value* value = tree.find(tree.top, tensors[i].name);
    ASSERT_NE(value, nullptr) << tensors[i].name;
    ASSERT_EQ(value->what, pickle_value::kind::tensor);
    const torch_tensor& read = tree.tensors[value->index()];
    EXPECT_EQ(read.type, tensors[i].type);
    EXPECT_EQ(read.extents, tensors[i].dims.extents);
    EXPECT_EQ(read.strides, (std::vector<std::uint64_t>{21'000'000, 70'000, 1}));
    EXPECT_EQ(read.first, 0u);
    EXPECT_EQ(tree.text_of(read.storage.key), std::to_string(i));
    EXPECT_EQ(read.storage.elements * bytes_per_element(read.storage.type), tensors[i].bytes);
  }
}

TEST(pickle_state_dict, has_numbers_of_every_length) {
  for (const std::uint64_t extent : {0ull, 255ull, 256ull, 65535ull, 65536ull, (1ull << 31) - 1,
                                     1ull << 31, 1ull << 40}) {
    const tensor_entry tensor = entry_of("t", dtype::uint8, {extent});
    const std::string pickle = pickle_state_dict({&tensor});
    const pickle_tree tree = unpickle(pickle, "data.pkl");
    EXPECT_EQ(tree.tensors.at(0).extents, (std::vector<std::uint64_t>{extent}));
    EXPECT_EQ(tree.tensors.at(0).storage.elements, extent);
  }
}

TEST(pickle_state_dict, calls_nothing_but_what_rebuilds_tensors) {
  const tensor_entry tensor = entry_of("w", dtype::float32, {});
  EXPECT_EQ(pickle_state_dict({&tensor}),
            "\x80\x02}(" + test::text("w") + test::global("torch._utils", "_rebuild_tensor_v2") +
                "((" + test::text("storage") + test::global("torch", "FloatStorage") +
                test::text("0") + test::text("cpu") + "K\x01tQ" + std::string("K\0", 2) +
                "(t(t\x89" + test::global("collections", "OrderedDict") + ")RtRu.");
}

}  // namespace
}  // namespace tensormerge
