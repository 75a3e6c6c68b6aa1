#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/magnitude_key.hpp>

namespace tensormerge {
namespace {

template <class Real>
void expect_order() {
  using limits = std::numeric_limits<Real>;
  const Real ascending[] = {0,   limits::denorm_min(), limits::min(),      1,
                            1.5, limits::max(),        limits::infinity(), limits::quiet_NaN()};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_LT(magnitude_key(ascending[i]), magnitude_key(ascending[i + 1])) << i;
    EXPECT_EQ(magnitude_key(ascending[i]), magnitude_key(-ascending[i])) << i;
  }
  EXPECT_EQ(std::uint64_t{magnitude_key(limits::quiet_NaN())} >> (8 * sizeof(Real) - 1), 0u);
}

TEST(magnitude_key, orders_floats_by_magnitude) { expect_order<float>(); }
TEST(magnitude_key, orders_doubles_by_magnitude) { expect_order<double>(); }

}  // namespace
}  // namespace tensormerge
