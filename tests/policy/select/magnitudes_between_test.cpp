#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/policy/select/magnitudes_between.hpp>

namespace tensormerge {
namespace {

template <class Real>
class for_each_between_of : public testing::Test {};
using reals = testing::Types<float, double>;
TYPED_TEST_SUITE(for_each_between_of, reals);

TYPED_TEST(for_each_between_of, visits_those_between_and_counts_those_above) {
  std::mt19937 generator(1);
  std::normal_distribution<double> normal;
  for (const std::size_t size : {0u, 1u, 15u, 100u, 256u}) {
    std::vector<TypeParam> values(size);
    for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
    // None, few and most of them lie between.
    for (const double most : {0.5, 0.55, 3.0}) {
      const TypeParam least = TypeParam(0.5), largest = static_cast<TypeParam>(most);
      std::vector<std::size_t> expected, visited;
      std::size_t expected_above = 0;
      for (std::size_t i = 0; i < size; ++i) {
        if (std::abs(values[i]) > largest) ++expected_above;
        else if (std::abs(values[i]) >= least) expected.push_back(i);
      }
      const auto low = magnitude_key(least);
      const auto above = for_each_between<TypeParam, decltype(low + low)>(
          values.data(), size, low, magnitude_key(largest) - low,
          [&](std::size_t i) { visited.push_back(i); });
      EXPECT_EQ(visited, expected) << size << " to " << most;
      EXPECT_EQ(above, expected_above) << size << " to " << most;
    }
  }
}

}  // namespace
}  // namespace tensormerge
