#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/dot.hpp>

namespace tensormerge {
namespace {

TEST(dot, sums_products_for_every_count_around_the_lanes) {
  for (std::size_t count = 0; count < 40; ++count) {
    std::vector<float> a, b;
    double expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      a.push_back(static_cast<float>(i) + 1);
      b.push_back(i % 2 == 0 ? 3.0f : -2.0f);
      expected += (static_cast<double>(i) + 1) * (i % 2 == 0 ? 3 : -2);
    }
    EXPECT_EQ(dot(a.data(), b.data(), count), expected) << count;
  }
}

TEST(dot, multiplies_and_sums_floats_in_double) {
  constexpr float large = std::numeric_limits<float>::max();
  const std::vector<float> a{large, 1}, b{large, 1};
  EXPECT_EQ(dot(a.data(), b.data(), 2), static_cast<double>(large) * large + 1);
}

TEST(dot, carries_a_nan) {
  const std::vector<double> a{1, std::nan(""), 2}, b{1, 0, 1};
  EXPECT_TRUE(std::isnan(dot(a.data(), b.data(), 3)));
}

TEST(dot_of_deltas, subtracts_before_it_multiplies) {
  // In float the differences would lose the last bits.
  const std::vector<float> base{1, 1}, a{1 + 0x1p-20f, 0x1p-30f}, b{1 - 0x1p-20f, 1};
  EXPECT_EQ(dot_of_deltas(a.data(), b.data(), base.data(), 2), -0x1p-40);
  EXPECT_EQ(dot_of_deltas(a.data(), a.data(), base.data(), 2),
            0x1p-40 + (0x1p-30 - 1) * (0x1p-30 - 1));
}

TEST(dots_of_two, are_those_of_each_two) {
  for (const std::size_t count : {0u, 5u, 8u, 43u}) {
    std::vector<float> a(count), b(count), base(count);
    for (std::size_t i = 0; i < count; ++i) {
      a[i] = 1 / (static_cast<float>(i) + 1);
      b[i] = 0.3f - static_cast<float>(i);
      base[i] = 0.7f;
    }
    const products_of_two plain = dots_of_two<float>(a.data(), b.data(), nullptr, count);
    EXPECT_EQ(plain.first_first, dot(a.data(), a.data(), count));
    EXPECT_EQ(plain.second_second, dot(b.data(), b.data(), count));
    EXPECT_EQ(plain.first_second, dot(a.data(), b.data(), count));
    const products_of_two deltas = dots_of_two(a.data(), b.data(), base.data(), count);
    EXPECT_EQ(deltas.first_first, dot_of_deltas(a.data(), a.data(), base.data(), count));
    EXPECT_EQ(deltas.second_second, dot_of_deltas(b.data(), b.data(), base.data(), count));
    EXPECT_EQ(deltas.first_second, dot_of_deltas(a.data(), b.data(), base.data(), count));
  }
}

TEST(sum_of_magnitudes, ignores_signs) {
  const std::vector<float> a{1, -2, 3, -4, 5, -6, 7, -8, 9};
  EXPECT_EQ(sum_of_magnitudes(a.data(), a.size()), 45);
  EXPECT_EQ(sum_of_magnitudes(a.data(), 0), 0);
}

}  // namespace
}  // namespace tensormerge
