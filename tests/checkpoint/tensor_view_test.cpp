#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/model_writer.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/checkpoint/tensor_view.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

/// Each byte is its own place in the tensor.
class counting_view final : public tensor_view {
 public:
  void read(std::uint64_t byte_offset, std::span<std::byte> into) const override {
    for (std::size_t i = 0; i < into.size(); ++i) {
      into[i] = static_cast<std::byte>((byte_offset + i) % 251);
    }
  }
};

class viewed_tensor : public testing::Test {
 protected:
  viewed_tensor() {
    test::write_file(folder_ / "model.safetensors", test::file_with_tensor("t", "abcd"));
    weights_ = checkpoint::open(folder_.path());
    weights_.replace({.name = "v",
                      .type = dtype::uint8,
                      .dims = shape{bytes},
                      .bytes = bytes,
                      .view = std::make_shared<counting_view>()});
  }

  static constexpr std::uint64_t bytes = 3'000'000;
  test::temporary_folder folder_;
  checkpoint weights_;
};

TEST_F(viewed_tensor, is_read_where_the_file_would_be) {
  std::vector<std::byte> into(4);
  tensor_reader(weights_).read(*weights_.find("v"), 1000, into);
  EXPECT_EQ(into[0], static_cast<std::byte>(1000 % 251));
  EXPECT_EQ(into[3], static_cast<std::byte>(1003 % 251));
}

TEST_F(viewed_tensor, leaves_the_other_tensors_to_the_file) {
  std::vector<std::byte> into(4);
  tensor_reader(weights_).read(*weights_.find("t"), 0, into);
  EXPECT_EQ(into[1], std::byte{'b'});
}

TEST_F(viewed_tensor, is_copied_whole_into_an_output) {
  const tensor_reader reader(weights_);
  {
    model_writer writer(folder_ / "out", {{"v", dtype::uint8, shape{bytes}}}, {}, default_shard_bytes);
    writer.copy(0, reader, *weights_.find("v"));
    writer.commit();
  }
  const checkpoint written = checkpoint::open(folder_ / "out");
  std::vector<std::byte> into(bytes), expected(bytes);
  tensor_reader(written).read(*written.find("v"), 0, into);
  counting_view().read(0, expected);
  EXPECT_EQ(into, expected);
}

TEST_F(viewed_tensor, takes_the_place_of_the_one_with_its_name) {
  weights_.replace({.name = "t", .type = dtype::float32, .narrow_type = dtype::bfloat16});
  EXPECT_EQ(weights_.tensors().size(), 2u);
  EXPECT_EQ(weights_.find("t")->nominal_type(), dtype::bfloat16);
}

}  // namespace
}  // namespace tensormerge
