#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/source_elements.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>

#include "gguf_bytes.hpp"

namespace tensormerge {
namespace {

std::vector<double> values_of(const checkpoint& weights, const char* name, std::uint64_t first,
                              std::size_t count) {
  const source_elements source{std::make_shared<const tensor_reader>(weights), *weights.find(name)};
  std::vector<double> values(count);
  std::vector<std::byte> buffer;
  source.read(first, values, buffer);
  return values;
}

TEST(gguf_file, has_its_tensors_in_our_order_of_axes_and_decoded) {
  const checkpoint weights = checkpoint::open(test::tiny_gguf());
  EXPECT_EQ(weights.find("matrix")->dims, (shape{2, 3}));
  EXPECT_EQ(weights.find("integers")->type, dtype::int32);
  EXPECT_EQ(weights.find("brain")->type, dtype::bfloat16);
  EXPECT_EQ(weights.find("bytes")->packing, block_format::q8_0);
  EXPECT_EQ(weights.find("bytes")->type, dtype::float32);
  EXPECT_EQ(values_of(weights, "matrix", 0, 6),
            (std::vector<double>{0, 0.125, 0.25, 0.375, 0.5, 0.625}));
  EXPECT_EQ(values_of(weights, "half", 22, 2), (std::vector<double>{2.75, 2.875}));
  EXPECT_EQ(values_of(weights, "brain", 100, 1), (std::vector<double>{12.5}));
  const std::vector<double> bytes = values_of(weights, "bytes", 0, 128);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_NEAR(bytes[i], static_cast<double>(i) / 8, 0.07);
  }
}

TEST(gguf_file, gives_the_same_elements_wherever_a_read_begins) {
  const checkpoint weights = checkpoint::open(test::tiny_gguf());
  for (const char* name : {"bytes", "nibbles", "block"}) {
    const std::size_t count = weights.find(name)->dims.elements();
    const std::vector<double> all = values_of(weights, name, 0, count);
    for (const std::size_t first : {std::size_t{1}, std::size_t{31}, std::size_t{64}, count - 1}) {
      for (const std::size_t length : {std::size_t{1}, std::size_t{33}, count - first}) {
        const std::size_t taken = std::min(length, count - first);
        EXPECT_EQ(values_of(weights, name, first, taken),
                  std::vector<double>(all.begin() + static_cast<std::ptrdiff_t>(first),
                                      all.begin() + static_cast<std::ptrdiff_t>(first + taken)));
      }
    }
  }
}

TEST(gguf_file, tells_a_planner_of_layers_and_architecture) {
  const model_folder model = model_folder::open(test::tiny_gguf());
  ASSERT_NE(model.gguf, nullptr);
  EXPECT_EQ(model.config.find("model_type")->text, "llama");
  EXPECT_EQ(model.config.find("num_hidden_layers")->text, "2");
}

TEST(gguf_file, is_found_alone_in_a_folder) {
  const test::temporary_folder folder;
  test::write_file(folder.path() / "some-name.gguf", test::read_file(test::tiny_gguf()));
  EXPECT_NE(checkpoint::open(folder.path()).find("matrix"), nullptr);
}

TEST(gguf_file, that_is_cut_after_its_header_was_read_fails_by_name) {
  const test::temporary_folder folder;
  const std::filesystem::path file = folder.path() / "x.gguf";
  test::write_file(file, test::read_file(test::tiny_gguf()));
  const checkpoint weights = checkpoint::open(file);
  std::filesystem::resize_file(file, 1200);
  EXPECT_THROW(values_of(weights, "block", 0, 256), failure);
}

}  // namespace
}  // namespace tensormerge
