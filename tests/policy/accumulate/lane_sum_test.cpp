#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/lane_sum.hpp>

namespace tensormerge {
namespace {

template <class Sum = lane_sum<float>>
double sum(const std::vector<float>& values, std::size_t begin, std::size_t count) {
  Sum sum;
  Sum::for_each_block(count, [&](auto at) { sum.add(at(values.data() + begin)); });
  return sum.total();
}

TEST(lane_sum, sums_any_number_of_elements_from_any_place) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> some(-1, 1);
  std::vector<float> values(300);
  for (float& value : values) value = some(random);
  for (const std::size_t begin : {0u, 1u, 16u, 37u}) {
    for (const std::size_t count : {0u, 1u, 15u, 16u, 17u, 255u, 256u}) {
      double exact = 0, magnitudes = 0;
      for (std::size_t i = begin; i < begin + count; ++i) {
        exact += static_cast<double>(values[i]);
        magnitudes += static_cast<double>(values[i] < 0 ? -values[i] : values[i]);
      }
      const double rounding = 20 * 0x1p-24 * magnitudes;
      EXPECT_NEAR(sum(values, begin, count), exact, rounding) << begin << " " << count;
      const double in_more_lanes = sum<lane_sum<float, 32>>(values, begin, count);
      EXPECT_NEAR(in_more_lanes, exact, rounding) << begin << " " << count;
    }
  }
}

TEST(lane_sum, reads_nothing_past_the_last_element) {
  std::vector<float> values(18, 1.0f);
  values[17] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(sum(values, 0, 17), 17);
}

TEST(lane_sum, converts_elements_of_another_type) {
  const std::vector<float> values(21, 0.1f);
  lane_sum<double> sum;
  lane_sum<double>::for_each_block(21, [&](auto at) { sum.add(at(values.data())); });
  EXPECT_NEAR(sum.total(), 21 * static_cast<double>(0.1f), 1e-14);
}

TEST(lane_sum, overflows_to_infinity) {
  EXPECT_EQ(sum(std::vector<float>(32, 3e38f), 0, 32), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace tensormerge
