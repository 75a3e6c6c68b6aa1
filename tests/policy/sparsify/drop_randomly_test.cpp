#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/random/bernoulli.hpp>
#include <tensormerge/policy/sparsify/drop_randomly.hpp>

#include "selector_case.hpp"

namespace tensormerge {
namespace {

static_assert(sparsifier<drop_randomly, float> && sparsifier<drop_randomly, double>);
using numbers = std::vector<float>;

TEST(drop_randomly, keeps_the_share_that_was_asked_for) {
  const numbers delta(200'000, 1);
  for (const double density : {0.1, 0.53, 0.9}) {
    const double expected = density * 200'000;
    EXPECT_NEAR(static_cast<double>(count_of_nonzero(
                    sparsified<drop_randomly>(delta, {}, {.density = density}))),
                expected, 4 * std::sqrt(expected * (1 - density)))
        << density;
  }
}

TEST(drop_randomly, keeps_none_at_0_and_all_at_1) {
  const numbers delta = alternating<float>(300);
  EXPECT_EQ(count_of_nonzero(sparsified<drop_randomly>(delta, {.rescale = true}, {.density = 0})),
            0u);
  EXPECT_EQ(sparsified<drop_randomly>(delta, {.rescale = true}, {.density = 1}), delta);
}

TEST(drop_randomly, restores_the_norm_where_asked) {
  const std::vector<double> delta = alternating<double>(5000);
  const std::vector<double> kept =
      sparsified<drop_randomly>(delta, {.rescale = true}, {.density = 0.2});
  EXPECT_NEAR(norm_1(kept), norm_1(delta), 1e-12 * norm_1(delta));
}

TEST(drop_randomly, draws_by_key_and_input_and_not_by_order) {
  const numbers delta = alternating<float>(2000);
  const auto kept = [&](const selector_place& place) {
    return sparsified<drop_randomly>(delta, {.rescale = true}, {.density = 0.5}, place);
  };
  const numbers one = kept({.random_key = 1});
  EXPECT_EQ(one, kept({.random_key = 1, .order_seed = 9}));
  EXPECT_NE(one, kept({.random_key = 2}));
  EXPECT_NE(one, kept({.random_key = 1, .input = 1}));
}

TEST(drop_randomly, is_unbiased_over_seeds) {
  // Restoring the norm makes the expectation that of the task vector: the sum of squared
  // standardised means of n elements is n, with a deviation of sqrt(2 n).
  constexpr std::size_t elements = 400, seeds = 500;
  constexpr double density = 0.3;
  std::vector<double> mean(elements);
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const std::vector<double> kept =
        sparsified<drop_randomly>(std::vector<double>(elements, 1), {.rescale = true},
                                  {.density = density}, {.random_key = seed});
    for (std::size_t i = 0; i < elements; ++i) mean[i] += kept[i] / seeds;
  }
  double squares = 0;
  const double variance = (1 - density) / density / seeds;
  for (const double m : mean) squares += (m - 1) * (m - 1) / variance;
  const double n = elements;
  EXPECT_NEAR(squares, n, 4 * std::sqrt(2 * n));
}

TEST(drop_randomly, lets_a_dropped_nan_be_seen) {
  numbers delta(100, std::numeric_limits<float>::quiet_NaN());
  for (const float x : sparsified<drop_randomly>(delta, {}, {.density = 0.1})) {
    EXPECT_TRUE(std::isnan(x));
  }
}

}  // namespace
}  // namespace tensormerge
