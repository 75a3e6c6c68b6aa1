#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/policy/select/magnitude_range.hpp>

namespace tensormerge {
namespace {

template <class Real>
class magnitude_range_of : public testing::Test {
 public:
  using range = magnitude_range<Real>;
  static auto bin(Real x) { return range::bin(magnitude_key(x)); }
};
using reals = testing::Types<float, double>;
TYPED_TEST_SUITE(magnitude_range_of, reals);

TYPED_TEST(magnitude_range_of, has_places_in_the_order_of_magnitudes) {
  const double ascending[] = {0, 1e-30, 1e-5, 0.01, 0.25, 1, 1.5, 100, 1e30};
  for (std::size_t i = 1; i < std::size(ascending); ++i) {
    const auto x = static_cast<TypeParam>(ascending[i]);
    EXPECT_LT(this->bin(static_cast<TypeParam>(ascending[i - 1])), this->bin(x)) << i;
    EXPECT_EQ(this->bin(x), this->bin(-x)) << i;
  }
}

TYPED_TEST(magnitude_range_of, has_a_bin_for_what_ends_with_zeros) {
  const TypeParam next = std::nextafter(TypeParam{1}, TypeParam{2});
  EXPECT_EQ(this->bin(1) % 2, 0u);
  EXPECT_EQ(this->bin(next), this->bin(1) + 1);
  EXPECT_EQ(this->bin(0), 0u);
  EXPECT_EQ(this->bin(std::numeric_limits<TypeParam>::denorm_min()), 1u);
}

TYPED_TEST(magnitude_range_of, tells_the_least_magnitude_of_a_place) {
  EXPECT_EQ(magnitude_range<TypeParam>::lowest_of(0), 0u);
  EXPECT_EQ(magnitude_range<TypeParam>::lowest_of(this->bin(TypeParam(0.5)) / 2),
            magnitude_key(TypeParam(0.5)));
}

TYPED_TEST(magnitude_range_of, ends_with_a_place_for_all_above) {
  constexpr TypeParam infinity = std::numeric_limits<TypeParam>::infinity();
  EXPECT_EQ(this->bin(infinity) / 2, magnitude_range<TypeParam>::last_place);
  EXPECT_EQ(this->bin(TypeParam(1e20)) / 2, magnitude_range<TypeParam>::last_place);
}

}  // namespace
}  // namespace tensormerge
