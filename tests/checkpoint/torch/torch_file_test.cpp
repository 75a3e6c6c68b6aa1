#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/torch/torch_file.hpp>

#include "../temporary_folder.hpp"
#include "torch_bytes.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::pickled_dict;
using test::storage;
using test::tensor;
using test::text;
using test::torch_zip;
using test::tuple;
using test::vector_of;

class torch_file : public testing::TestWithParam<const char*> {
 protected:
  torch_file()
      : weights_(checkpoint::open(std::filesystem::path(TENSORMERGE_TEST_DATA) / "torch" /
                                  GetParam())) {}

  std::vector<float> floats(const char* name) const {
    const tensor_entry& entry = *weights_.find(name);
    std::vector<float> values(entry.dims.elements());
    tensor_reader(weights_).read(entry, 0, std::as_writable_bytes(std::span(values)));
    return values;
  }

  checkpoint weights_;
};

TEST_P(torch_file, of_torch_itself_is_read_with_all_its_tensors) {
  EXPECT_EQ(weights_.tensors().size(), 8u);
  EXPECT_EQ(floats("table"), (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(floats("transposed"), (std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
  EXPECT_EQ(floats("part"), (std::vector<float>{5, 6, 9, 10}));
  EXPECT_EQ(floats("parameter"), (std::vector<float>{0.5}));
  EXPECT_EQ(weights_.find("tied")->offset, weights_.find("table")->offset);
  EXPECT_EQ(weights_.find("table")->view, nullptr);
  EXPECT_EQ(weights_.find("half")->type, dtype::bfloat16);
  EXPECT_EQ(weights_.find("scalar")->dims, shape{});
  EXPECT_EQ(weights_.find("scalar")->type, dtype::int64);
  EXPECT_EQ(weights_.find("empty")->dims, (shape{0, 5}));
}

INSTANTIATE_TEST_SUITE_P(formats, torch_file, testing::Values("archive.bin", "stream.bin"));

class made_torch_file : public testing::Test {
 protected:
  std::vector<tensor_entry> read(const std::string& pickle) const {
    test::write_file(folder_ / "m.bin", torch_zip(pickle, {{"0", std::string(24, 'x')}}));
    return read_torch_tensors(folder_ / "m.bin", 3);
  }
  std::string message(const std::string& pickle) const {
    return test::message_of([&] { read(pickle); });
  }

  test::temporary_folder folder_;
};

TEST_F(made_torch_file, is_unwrapped_and_rid_of_what_is_no_tensor) {
  const std::string inside = "}(" + text("w") + vector_of("0", 6) + text("n") + "Nu";
  const auto entries = read(pickled_dict(text("model") + "}(" + text("state_dict") + inside + "u"));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, "w");
  EXPECT_EQ(entries[0].file, 3u);
  EXPECT_EQ(entries[0].bytes, 24u);
  EXPECT_TRUE(contains(message(pickled_dict(text("a") + "N")), "holds no tensors by name"));
  EXPECT_TRUE(contains(message("N."), "holds no tensors by name"));
}

TEST_F(made_torch_file, must_hold_what_its_tensors_reach) {
  const auto with = [&](std::int64_t elements, std::int64_t first, const std::string& extents,
                        const std::string& strides) {
    return message(pickled_dict(
        text("w") + tensor(storage("FloatStorage", "0", elements), first, extents, strides)));
  };
  EXPECT_EQ(with(6, 2, tuple({2, 2}), tuple({2, 1})), "");
  EXPECT_EQ(with(6, 0, tuple({2, 3}), tuple({1, 2})), "");
  EXPECT_TRUE(contains(with(7, 0, tuple({7}), tuple({1})), "longer than its bytes in the file"));
  EXPECT_TRUE(contains(with(6, 3, tuple({2, 2}), tuple({2, 1})), "reaches beyond its storage"));
  EXPECT_TRUE(contains(with(6, 0, tuple({2, 2}), tuple({5, 1})), "reaches beyond its storage"));
  EXPECT_TRUE(contains(with(6, 0, tuple({1LL << 40}), tuple({0})), "repeats elements"));
  EXPECT_TRUE(contains(with(6, 0, tuple({1LL << 40, 1LL << 40}), tuple({1LL << 40, 1})),
                       "reaches beyond its storage"));
  EXPECT_TRUE(contains(with(6, 0, tuple({-1}), tuple({1})), "a size in a way that torch does not"));
}

TEST_F(made_torch_file, is_told_from_a_safetensors_file_by_its_bytes) {
  test::write_file(folder_ / "a.bin", torch_zip("N.", {}));
  test::write_file(folder_ / "b.bin", test::file_with_tensor("t", "abc"));
  test::write_file(folder_ / "c.bin", "");
  EXPECT_TRUE(is_torch_file(folder_ / "a.bin"));
  EXPECT_FALSE(is_torch_file(folder_ / "b.bin"));
  EXPECT_FALSE(is_torch_file(folder_ / "c.bin"));
}

}  // namespace
}  // namespace tensormerge
