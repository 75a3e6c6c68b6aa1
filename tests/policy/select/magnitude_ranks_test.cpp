#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/magnitude_ranks.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

using places = std::vector<std::uint32_t>;

/// The places of a row's elements, given in blocks of `block`.
template <class Real>
places places_of(const std::vector<Real>& row, std::size_t block = 3) {
  std::vector<std::byte> memory(magnitude_ranks::scratch_bytes());
  scratch rest(memory);
  magnitude_ranks ranks(rest);
  Real largest = 0;
  for (const Real value : row) largest = std::max(largest, value < 0 ? -value : value);
  places found(row.size());
  ranks.begin(largest);
  for (std::size_t i = 0; i < row.size(); i += block) {
    ranks.count(row.data() + i, std::min(block, row.size() - i));
  }
  ranks.end_counting();
  for (std::size_t i = 0; i < row.size(); i += block) {
    ranks.place(row.data() + i, std::min(block, row.size() - i), found.data() + i);
  }
  return found;
}

TEST(magnitude_ranks, counts_the_smaller_magnitudes) {
  EXPECT_EQ(places_of<float>({3, -1, 0, -4, 2}), (places{3, 1, 0, 4, 2}));
  EXPECT_EQ(places_of<double>({3, -1, 0, -4, 2}), (places{3, 1, 0, 4, 2}));
}

TEST(magnitude_ranks, places_equal_magnitudes_in_order_of_their_index) {
  EXPECT_EQ(places_of<float>({1, -1, 2, 1, 2}), (places{0, 1, 3, 2, 4}));
  EXPECT_EQ(places_of<float>({0, 0, 0}), (places{0, 1, 2}));
}

TEST(magnitude_ranks, tells_magnitudes_apart_that_differ_in_eight_significant_bits) {
  std::vector<float> row;
  for (int i = 255; i >= 128; --i) row.push_back(static_cast<float>(i) / 128);
  places expected(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    expected[i] = static_cast<std::uint32_t>(row.size() - 1 - i);
  }
  EXPECT_EQ(places_of(row), expected);
}

TEST(magnitude_ranks, does_not_compare_magnitudes_far_below_the_largest) {
  EXPECT_EQ(places_of<float>({1e-30f, 1e-35f, 1.0f}), (places{0, 1, 2}));
  EXPECT_EQ(places_of<float>({0x1p-14f, 0x1p-15f, 1.0f}), (places{1, 0, 2}));
}

TEST(magnitude_ranks, gives_every_place_once_whatever_the_row) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::vector<float>& row : {std::vector<float>{infinity, 1, -infinity, 0},
                                        std::vector<float>{1, nan, 3, nan, 2},
                                        std::vector<float>{7}, std::vector<float>{}}) {
    places found = places_of(row);
    std::sort(found.begin(), found.end());
    for (std::uint32_t place = 0; place < found.size(); ++place) EXPECT_EQ(found[place], place);
  }
}

}  // namespace
}  // namespace tensormerge
