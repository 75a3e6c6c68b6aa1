#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/float_sum.hpp>

namespace tensormerge {
namespace {

double sum(const std::vector<float>& values, std::size_t begin, std::size_t count) {
  float_sum sum;
  float_sum::for_each_block(begin, count, [&](auto at) { sum.add(at(values.data())); });
  return sum.total();
}

TEST(float_sum, sums_any_number_of_elements_from_any_place) {
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
      EXPECT_NEAR(sum(values, begin, count), exact, 20 * 0x1p-24 * magnitudes)
          << begin << " " << count;
    }
  }
}

TEST(float_sum, reads_nothing_past_the_last_element) {
  std::vector<float> values(18, 1.0f);
  values[17] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(sum(values, 0, 17), 17);
}

TEST(float_sum, overflows_to_infinity) {
  EXPECT_EQ(sum(std::vector<float>(32, 3e38f), 0, 32), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace tensormerge
