#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/strided_view.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

/// A file of 16-bit numbers that count up, and views of it.
class strided : public testing::Test {
 protected:
  strided() {
    std::vector<std::uint16_t> counted(50'000);
    std::iota(counted.begin(), counted.end(), std::uint16_t{0});
    const auto bytes = std::as_bytes(std::span(counted));
    test::write_file(folder_ / "numbers",
                     {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    opened_ = std::make_shared<const file_descriptor>(open_for_reading(folder_ / "numbers"));
  }

  /// What a view must give, element by element.
  static std::vector<std::uint16_t> expected(const strided_layout& layout) {
    std::vector<std::uint64_t> places{layout.offset / 2};
    for (std::size_t axis = 0; axis < layout.extents.size(); ++axis) {
      std::vector<std::uint64_t> next;
      for (const std::uint64_t place : places) {
        for (std::uint64_t i = 0; i < layout.extents[axis]; ++i) {
          next.push_back(place + i * layout.strides[axis]);
        }
      }
      places = next;
    }
    return {places.begin(), places.end()};
  }

  void expect_same_in_any_portion(const strided_layout& layout) const {
    const strided_view view(layout, folder_ / "numbers", opened_);
    const std::vector<std::uint16_t> all = expected(layout);
    for (const std::uint64_t portion : {all.size(), 1ul, 17ul, 400ul}) {
      std::vector<std::uint16_t> got(all.size());
      for (std::size_t at = 0; at < got.size(); at += portion) {
        view.read(at * 2, std::as_writable_bytes(
                              std::span(got).subspan(at, std::min(portion, got.size() - at))));
      }
      EXPECT_EQ(got, all) << portion;
    }
  }

  test::temporary_folder folder_;
  std::shared_ptr<const file_descriptor> opened_;
};

TEST_F(strided, view_of_a_transposed_matrix_is_read_in_any_portion) {
  expect_same_in_any_portion({.offset = 6, .bytes = 2, .extents = {90, 70}, .strides = {1, 90}});
}

TEST_F(strided, view_of_a_part_with_steps_is_read_in_any_portion) {
  expect_same_in_any_portion({.offset = 0, .bytes = 2, .extents = {9, 8}, .strides = {4000, 3}});
  expect_same_in_any_portion({.offset = 2, .bytes = 2, .extents = {3}, .strides = {20'000}});
}

TEST_F(strided, view_of_permuted_axes_is_read_in_any_portion) {
  expect_same_in_any_portion(
      {.offset = 0, .bytes = 2, .extents = {4, 1, 6, 5, 7}, .strides = {5, 9, 140, 1, 20}});
}

TEST_F(strided, layout_knows_whether_elements_lie_row_by_row) {
  EXPECT_TRUE((strided_layout{0, 2, {3, 4}, {4, 1}}).is_contiguous());
  EXPECT_TRUE((strided_layout{0, 2, {3, 1, 4}, {4, 77, 1}}).is_contiguous());
  EXPECT_TRUE((strided_layout{0, 2, {}, {}}).is_contiguous());
  EXPECT_FALSE((strided_layout{0, 2, {3, 4}, {5, 1}}).is_contiguous());
  EXPECT_FALSE((strided_layout{0, 2, {3, 4}, {1, 3}}).is_contiguous());
}

}  // namespace
}  // namespace tensormerge
