#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/keep_middle.hpp>

#include "selector_case.hpp"

namespace tensormerge {
namespace {

static_assert(sparsifier<keep_middle, float> && sparsifier<keep_middle, double>);
using numbers = std::vector<float>;

TEST(keep_middle, drops_the_largest_and_then_the_smallest) {
  EXPECT_EQ(sparsified<keep_middle>(numbers{4, -3, 2, -1, 5}, {}, {.density = 0.4, .gamma = 0.2}),
            (numbers{4, -3, 0, 0, 0}));
}

TEST(keep_middle, drops_fewer_outliers_where_too_few_would_be_left) {
  EXPECT_EQ(sparsified<keep_middle>(numbers{4, -3, 2, -1, 5}, {}, {.density = 0.8, .gamma = 0.6}),
            (numbers{4, -3, 2, -1, 0}));
}

TEST(keep_middle, keeps_the_larger_end_without_gamma) {
  EXPECT_EQ(sparsified<keep_middle>(numbers{4, -3, 2, -1, 5}, {}, {.density = 0.4}),
            (numbers{4, 0, 0, 0, 5}));
}

TEST(keep_middle, keeps_none_at_0_and_all_at_1_whatever_gamma) {
  const numbers delta{4, -3, 2, -1, 5};
  EXPECT_EQ(sparsified<keep_middle>(delta, {.rescale = true}, {.density = 0, .gamma = 0.4}),
            numbers(5, 0));
  EXPECT_EQ(sparsified<keep_middle>(delta, {.rescale = true}, {.density = 1, .gamma = 0.4}),
            delta);
  EXPECT_EQ(count_of_nonzero(sparsified<keep_middle>(delta, {}, {.density = 0.1, .gamma = 0})),
            0u);
}

TEST(keep_middle, counts_the_front_as_smaller_among_equal_magnitudes) {
  EXPECT_EQ(sparsified<keep_middle>(numbers(5, 1), {}, {.density = 0.4, .gamma = 0.2}),
            (numbers{0, 0, 1, 1, 0}));
}

TEST(keep_middle, keeps_what_sorting_keeps) {
  std::mt19937 generator(4);
  for (const std::size_t size : {97u, 256u, 1000u}) {
    std::vector<double> delta(size);
    for (double& x : delta) x = static_cast<double>(static_cast<int>(generator() % 41) - 20) / 8;
    for (const double density : {0.1, 0.5, 0.93}) {
      for (const double gamma : {0.0, 0.01, 0.3}) {
        std::vector<std::size_t> order(size);
        std::iota(order.begin(), order.end(), 0u);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
          return std::abs(delta[a]) < std::abs(delta[b]);
        });
        const auto n = static_cast<double>(size);
        const auto target = static_cast<std::size_t>(density * n);
        const auto top = static_cast<std::size_t>(gamma * n);
        const std::size_t low = size > target + top ? size - target - top : 0;
        std::vector<double> expected(size);
        for (std::size_t i = low; i < low + target; ++i) expected[order[i]] = delta[order[i]];
        EXPECT_EQ(sparsified<keep_middle>(delta, {}, {density, gamma}), expected)
            << size << " " << density << " " << gamma;
      }
    }
  }
}

TEST(keep_middle, restores_the_norm_where_asked) {
  const numbers delta = alternating<float>(1000);
  const numbers kept =
      sparsified<keep_middle>(delta, {.rescale = true}, {.density = 0.3, .gamma = 0.1});
  EXPECT_EQ(count_of_nonzero(kept), 300u);
  EXPECT_NEAR(norm_1(kept), norm_1(delta), 1e-6 * norm_1(delta));
}

TEST(keep_middle, wants_every_element_for_the_norms) {
  const numbers delta = alternating<float>(300'000);
  using selector_type = keep_middle::selector<float>;
  const selector_parameters shared{.rescale = true};
  selector_type selector(shared, selector_input{.density = 0.3, .gamma = 0.1},
                         vector_facts(delta.size()), 0);
  std::vector<std::byte> memory(selector_type::statistic::scratch_bytes());
  scratch rest(memory);
  typename selector_type::statistic seen(rest);
  std::vector<bool> sampled;
  while (selector.wants_observation()) {
    sampled.push_back(selector.wants_sample());
    seen.clear();
    for (std::size_t first = 0; first < delta.size(); first += block_elements) {
      const std::size_t count = std::min(block_elements, delta.size() - first);
      selector.observe({{delta.data() + first, count}}, first, seen);
    }
    selector.conclude(seen);
  }
  ASSERT_GE(sampled.size(), 3u);
  EXPECT_TRUE(sampled.front());
  EXPECT_EQ(std::count(sampled.begin(), sampled.end(), true), 1);
}

TEST(keep_middle, lets_a_dropped_nan_be_seen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const numbers kept =
      sparsified<keep_middle>(numbers{nan, 1, 2, 3}, {}, {.density = 0.5, .gamma = 0.25});
  EXPECT_TRUE(std::isnan(kept[0]));
}

}  // namespace
}  // namespace tensormerge
