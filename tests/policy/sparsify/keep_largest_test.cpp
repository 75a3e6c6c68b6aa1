#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/keep_largest.hpp>

#include "selector_case.hpp"

namespace tensormerge {
namespace {

static_assert(sparsifier<keep_largest, float> && sparsifier<keep_largest, double>);
using numbers = std::vector<float>;

TEST(keep_largest, keeps_the_share_of_largest_magnitude) {
  EXPECT_EQ(sparsified<keep_largest>(numbers{1, -5, 3, -2}, {}, {.density = 0.5}),
            (numbers{0, -5, 3, 0}));
}

TEST(keep_largest, truncates_the_number_but_keeps_one) {
  EXPECT_EQ(sparsified<keep_largest>(numbers{1, -5, 3}, {}, {.density = 0.99}),
            (numbers{0, -5, 3}));
  EXPECT_EQ(sparsified<keep_largest>(numbers{1, -5, 3}, {}, {.density = 1e-9}),
            (numbers{0, -5, 0}));
}

TEST(keep_largest, keeps_none_at_0_and_all_at_1) {
  const numbers delta{1, -5, 3};
  EXPECT_EQ(sparsified<keep_largest>(delta, {.rescale = true}, {.density = 0}), numbers(3, 0));
  EXPECT_EQ(sparsified<keep_largest>(delta, {.rescale = true}, {.density = 1}), delta);
}

TEST(keep_largest, takes_equal_magnitudes_from_the_front) {
  EXPECT_EQ(sparsified<keep_largest>(numbers{2, -2, 2, -2}, {}, {.density = 0.5}),
            (numbers{2, -2, 0, 0}));
}

TEST(keep_largest, restores_the_norm_where_asked) {
  const numbers delta = alternating<float>(1000);
  const numbers kept =
      sparsified<keep_largest>(delta, {.rescale = true}, {.density = 0.3});
  EXPECT_EQ(count_of_nonzero(kept), 300u);
  EXPECT_NEAR(norm_1(kept), norm_1(delta), 1e-6 * norm_1(delta));
  EXPECT_FLOAT_EQ(kept.back() / delta.back(), 500500.0f / 255150.0f);
}

TEST(keep_largest, does_not_depend_on_the_order_of_observation) {
  const std::vector<double> delta = alternating<double>(3000);
  const auto kept = [&](unsigned seed) {
    return sparsified<keep_largest>(delta, {.rescale = true}, {.density = 0.37},
                                    {.order_seed = seed});
  };
  EXPECT_EQ(kept(1), kept(2));
}

TEST(keep_largest, lets_a_dropped_nan_be_seen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const numbers kept = sparsified<keep_largest>(numbers{nan, nan, 1, 2}, {}, {.density = 0.25});
  EXPECT_TRUE(std::isnan(kept[0]));
  EXPECT_TRUE(std::isnan(kept[1]));
}

}  // namespace
}  // namespace tensormerge
