#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/row_map_view.hpp>
#include <tensormerge/dtype/bfloat16.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

/// Two tables of two columns: in tensor 0, in float32, row r is (10r, 10r + 1) of four rows; in
/// tensor 1, in bfloat16, it is (-r, -r) of three.
class mapped_rows : public testing::Test {
 protected:
  mapped_rows() {
    std::vector<float> first;
    for (int row = 0; row < 4; ++row) {
      first.push_back(static_cast<float>(10 * row));
      first.push_back(static_cast<float>(10 * row + 1));
    }
    std::vector<bfloat16> second;
    for (int row = 0; row < 3; ++row) {
      second.insert(second.end(), 2, to_bfloat16(static_cast<float>(-row)));
    }
    std::string data(first.size() * 4 + second.size() * 2, '\0');
    std::memcpy(data.data(), first.data(), first.size() * 4);
    std::memcpy(data.data() + first.size() * 4, second.data(), second.size() * 2);
    test::write_file(folder_ / "model.safetensors",
                     test::safetensors_file(R"({"a":{"dtype":"F32","shape":[4,2],)"
                                            R"("data_offsets":[0,32]},"b":{"dtype":"BF16",)"
                                            R"("shape":[3,2],"data_offsets":[32,44]}})",
                                            data));
    weights_ = checkpoint::open(folder_.path());
    for (const char* name : {"a", "b"}) {
      readers_.push_back(
          std::make_shared<const single_tensor_reader>(weights_, *weights_.find(name)));
    }
  }

  std::vector<float> read(const row_map_view& view, std::size_t first, std::size_t count) const {
    std::vector<float> values(count);
    view.read(first * sizeof(float), std::as_writable_bytes(std::span(values)));
    return values;
  }

  test::temporary_folder folder_;
  checkpoint weights_;
  row_map_view::readers readers_;
};

TEST_F(mapped_rows, come_in_another_order_from_several_tensors) {
  row_map map(5);
  map.set(0, {0, 2});
  map.set(1, {0, 3});
  map.set(2, {1, 1});
  map.set(4, {0, 0});
  const row_map_view view(std::move(map), readers_, 2, dtype::float32);
  EXPECT_THAT(read(view, 0, 10), ElementsAre(20, 21, 30, 31, -1, -1, 0, 0, 0, 1));
}

TEST_F(mapped_rows, are_the_same_in_pieces_of_any_size) {
  row_map map(4);
  map.set(0, {0, 1});
  map.set(1, {0, 2});
  map.set_mean(2, {{0, 3}, {1, 2}, {0, 0}});
  map.pad(2);
  const row_map_view view(std::move(map), readers_, 2, dtype::float32);
  const std::vector<float> all = read(view, 0, 12);
  EXPECT_THAT(read(view, 4, 2), ElementsAre(28.0f / 3, 30.0f / 3));
  for (std::size_t size = 1; size < 12; ++size) {
    std::vector<float> pieces;
    for (std::size_t first = 0; first < 12; first += size) {
      const std::vector<float> piece = read(view, first, std::min(size, 12 - first));
      pieces.insert(pieces.end(), piece.begin(), piece.end());
    }
    EXPECT_THAT(pieces, ElementsAreArray(all)) << size;
  }
}

TEST_F(mapped_rows, of_padding_are_the_mean_of_all_others) {
  row_map map(3);
  map.set(0, {0, 0});
  map.set(1, {0, 3});
  map.pad(1);
  const row_map_view view(std::move(map), readers_, 2, dtype::float32);
  EXPECT_THAT(read(view, 6, 2), ElementsAre(10, 32.0f / 3));
}

TEST_F(mapped_rows, may_be_of_a_tensor_that_is_itself_a_view) {
  row_map swapped(2);
  swapped.set(0, {0, 3});
  swapped.set(1, {0, 1});
  tensor_entry entry = *weights_.find("a");
  entry.dims = {2, 2};
  entry.bytes = 16;
  entry.view =
      std::make_shared<const row_map_view>(std::move(swapped), readers_, 2, dtype::float32);
  const row_map_view::readers stacked{
      std::make_shared<const single_tensor_reader>(weights_, entry)};
  row_map map(1);
  map.set(0, {0, 1});
  EXPECT_THAT(read(row_map_view(std::move(map), stacked, 2, dtype::float32), 0, 2),
              ElementsAre(10, 11));
}

}  // namespace
}  // namespace tensormerge
