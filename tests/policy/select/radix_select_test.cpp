#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/policy/select/selection_counts.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

template <class Real>
struct selection {
  radix_select<Real> done;
  std::vector<bool> kept;
  int rounds = 0;
};

/// Selects with the values split over two histograms, the second part first.
template <class Real>
selection<Real> select(const std::vector<Real>& values, std::uint64_t wanted,
                       equal_magnitudes equals = equal_magnitudes::lowest_index_first) {
  using histogram = typename radix_select<Real>::histogram;
  std::vector<std::byte> memory(2 * histogram::scratch_bytes());
  scratch rest(memory);
  histogram one(rest), other(rest);
  selection<Real> result{radix_select<Real>(values.size(), wanted, equals), {}, 0};
  const std::size_t half = values.size() / 2;
  for (; result.done.wants_observation(); ++result.rounds) {
    one.clear();
    other.clear();
    result.done.observe(values.data() + half, values.size() - half, half, one);
    result.done.observe(values.data(), half, 0, other);
    one.combine(other);
    result.done.conclude(one);
  }
  std::vector<Real> mask(values.size());
  result.done.mask(values.data(), values.size(), 0, mask.data());
  for (const Real kept : mask) result.kept.push_back(kept == 1);
  return result;
}

/// The same of a long sequence, of which a round that wants a sample is shown one.
template <class Real>
selection<Real> select_by_sample(const std::vector<Real>& values, std::uint64_t wanted,
                                 equal_magnitudes equals) {
  using histogram = typename radix_select<Real>::histogram;
  std::vector<std::byte> memory(histogram::scratch_bytes());
  scratch rest(memory);
  histogram seen(rest);
  selection<Real> result{radix_select<Real>(values.size(), wanted, equals), {}, 0};
  for (; result.done.wants_observation(); ++result.rounds) {
    seen.clear();
    if (result.done.wants_sample()) {
      const auto observe = [&](std::uint64_t begin, std::uint64_t size) {
        result.done.observe(values.data() + begin, static_cast<std::size_t>(size), begin, seen);
      };
      for_each_sampled(values.size(), block_elements, 0, observe);
    } else {
      result.done.observe(values.data(), values.size(), 0, seen);
    }
    result.done.conclude(seen);
  }
  std::vector<Real> mask(values.size());
  result.done.mask(values.data(), values.size(), 0, mask.data());
  for (const Real kept : mask) result.kept.push_back(kept == 1);
  return result;
}

/// The same by sorting.
template <class Real>
std::vector<bool> select_by_sorting(const std::vector<Real>& values, std::size_t wanted,
                                    equal_magnitudes equals) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  if (equals == equal_magnitudes::highest_index_first) std::reverse(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(values[a]) > std::abs(values[b]);
  });
  std::vector<bool> kept(values.size(), false);
  for (std::size_t i = 0; i < wanted; ++i) kept[order[i]] = true;
  if (equals == equal_magnitudes::keep_all && wanted > 0) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::abs(values[i]) == std::abs(values[order[wanted - 1]])) kept[i] = true;
    }
  }
  return kept;
}

template <class Real>
class radix_select_of : public testing::Test {};
using reals = testing::Types<float, double>;
TYPED_TEST_SUITE(radix_select_of, reals);

constexpr equal_magnitudes all_rules[] = {equal_magnitudes::lowest_index_first,
                                          equal_magnitudes::highest_index_first,
                                          equal_magnitudes::keep_all};

TYPED_TEST(radix_select_of, keeps_what_sorting_keeps) {
  std::mt19937 generator(1);
  std::normal_distribution<double> normal;
  std::vector<TypeParam> values(300);
  for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
  for (const equal_magnitudes equals : all_rules) {
    for (const std::size_t wanted : {0u, 1u, 2u, 37u, 150u, 299u, 300u}) {
      EXPECT_EQ(select(values, wanted, equals).kept, select_by_sorting(values, wanted, equals))
          << wanted;
    }
  }
}

TYPED_TEST(radix_select_of, keeps_what_sorting_keeps_where_many_are_equal) {
  std::mt19937 generator(2);
  std::vector<TypeParam> values(300);
  for (TypeParam& value : values) {
    value = static_cast<TypeParam>(static_cast<int>(generator() % 7) - 3);
  }
  for (const equal_magnitudes equals : all_rules) {
    for (const std::size_t wanted : {1u, 40u, 100u, 150u, 260u, 299u}) {
      EXPECT_EQ(select(values, wanted, equals).kept, select_by_sorting(values, wanted, equals))
          << wanted;
    }
  }
}

TYPED_TEST(radix_select_of, tells_neighbouring_numbers_apart) {
  std::vector<TypeParam> values(20, TypeParam{1});
  for (std::size_t i = 1; i < values.size(); ++i) {
    values[i] = std::nextafter(values[i - 1], TypeParam{2});
  }
  const selection<TypeParam> result = select(values, 5, equal_magnitudes::keep_all);
  EXPECT_EQ(std::count(result.kept.begin(), result.kept.end(), true), 5);
  EXPECT_EQ(result.done.threshold(), values[15]);
}

TYPED_TEST(radix_select_of, takes_equal_magnitudes_within_and_across_blocks) {
  const std::vector<TypeParam> values(2'000, TypeParam{-2});
  for (const std::size_t wanted : {1u, 255u, 256u, 257u, 1024u, 1999u}) {
    const selection<TypeParam> lowest = select(values, wanted);
    const selection<TypeParam> highest =
        select(values, wanted, equal_magnitudes::highest_index_first);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(lowest.kept[i], i < wanted) << i;
      ASSERT_EQ(highest.kept[i], i >= values.size() - wanted) << i;
    }
  }
}

TEST(radix_select, takes_equal_magnitudes_beyond_one_digit_of_the_block) {
  // Of a long sequence only these blocks are not zero.
  constexpr std::uint64_t blocks[] = {5, 70'000, 70'001, 200'000};
  const std::vector<float> values(block_elements, 1.5f);
  std::vector<std::byte> memory(radix_select<float>::histogram::scratch_bytes());
  scratch rest(memory);
  radix_select<float>::histogram seen(rest);
  radix_select<float> selection(std::uint64_t{1} << 26, 2 * block_elements + 100);
  int rounds = 0;
  for (; selection.wants_observation(); ++rounds) {
    seen.clear();
    for (const std::uint64_t block : blocks) {
      selection.observe(values.data(), block_elements, block * block_elements, seen);
    }
    selection.conclude(seen);
  }
  EXPECT_EQ(rounds, 3);
  std::vector<std::ptrdiff_t> kept;
  for (const std::uint64_t block : blocks) {
    std::vector<float> mask(block_elements);
    selection.mask(values.data(), block_elements, block * block_elements, mask.data());
    kept.push_back(std::count(mask.begin(), mask.end(), 1.0f));
  }
  EXPECT_EQ(kept, (std::vector<std::ptrdiff_t>{block_elements, block_elements, 100, 0}));
}

TYPED_TEST(radix_select_of, needs_one_round_for_short_magnitudes) {
  std::vector<TypeParam> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<TypeParam>(i % 256) / 4;
  EXPECT_EQ(select(values, 8, equal_magnitudes::keep_all).rounds, 1);
  EXPECT_EQ(select(values, 999, equal_magnitudes::keep_all).rounds, 1);
}

TYPED_TEST(radix_select_of, lists_the_last_candidates_where_they_are_few) {
  std::mt19937 generator(4);
  std::normal_distribution<double> normal(0, 1e-3);
  std::vector<TypeParam> values(2000);
  for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
  for (const equal_magnitudes equals : all_rules) {
    const selection<TypeParam> result = select(values, 777, equals);
    EXPECT_LE(result.rounds, 2);
    EXPECT_EQ(result.kept, select_by_sorting(values, 777, equals));
  }
  // Equal ones among the listed, at both ends of the sequence.
  const auto long_value = static_cast<TypeParam>(0.1234567);
  for (const std::size_t i : {3u, 700u, 701u, 702u, 1999u}) values[i] = long_value;
  for (const equal_magnitudes equals : all_rules) {
    for (const std::size_t wanted : {1u, 2u, 3u, 4u, 5u}) {
      EXPECT_EQ(select(values, wanted, equals).kept, select_by_sorting(values, wanted, equals));
    }
  }
}

TYPED_TEST(radix_select_of, finds_thresholds_out_of_the_range_of_weights) {
  for (const double scale : {1e-12, 1e12}) {
    std::mt19937 generator(3);
    std::normal_distribution<double> normal(0, scale);
    std::vector<TypeParam> values(300);
    for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
    for (const equal_magnitudes equals : all_rules) {
      for (const std::size_t wanted : {1u, 150u, 299u}) {
        EXPECT_EQ(select(values, wanted, equals).kept, select_by_sorting(values, wanted, equals))
            << wanted << " at " << scale;
      }
    }
  }
}

TYPED_TEST(radix_select_of, places_infinity_and_nan_above_all) {
  using limits = std::numeric_limits<TypeParam>;
  const std::vector<TypeParam> values{limits::max(), limits::quiet_NaN(), -limits::infinity(), 0};
  EXPECT_EQ(select(values, 1).kept, (std::vector<bool>{false, true, false, false}));
  EXPECT_EQ(select(values, 2).kept, (std::vector<bool>{false, true, true, false}));
}

TYPED_TEST(radix_select_of, needs_no_round_where_all_or_none_are_kept) {
  const std::vector<TypeParam> values{3, 1, 2};
  EXPECT_EQ(select(values, 3).rounds, 0);
  EXPECT_EQ(select(values, 7).rounds, 0);
  EXPECT_EQ(select(values, 0).rounds, 0);
  EXPECT_EQ(select(values, 0).kept, std::vector<bool>(3, false));
  EXPECT_EQ(select(std::vector<TypeParam>{}, 0).rounds, 0);
}

TYPED_TEST(radix_select_of, finds_the_exact_threshold_where_all_equal_ones_are_kept) {
  const std::vector<TypeParam> values{5, -1, 3, TypeParam(0.1), 3};
  EXPECT_EQ(select(values, 1, equal_magnitudes::keep_all).done.threshold(), TypeParam{5});
  EXPECT_EQ(select(values, 2, equal_magnitudes::keep_all).done.threshold(), TypeParam{3});
  EXPECT_EQ(select(values, 5, equal_magnitudes::keep_all).done.threshold(), TypeParam(0.1));
}

TYPED_TEST(radix_select_of, masks_blocks_as_the_whole) {
  std::vector<TypeParam> values(1000, TypeParam{1});
  values[3] = 2;
  values[900] = 0;
  for (const equal_magnitudes equals : all_rules) {
    const selection<TypeParam> result = select(values, 400, equals);
    std::vector<TypeParam> mask(values.size());
    for (const std::size_t cut : {0u, 256u, 512u, 768u}) {
      result.done.mask(values.data(), cut, 0, mask.data());
      result.done.mask(values.data() + cut, values.size() - cut, cut, mask.data() + cut);
      for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(mask[i], result.kept[i] ? 1 : 0) << i << " cut at " << cut;
      }
    }
  }
}

TYPED_TEST(radix_select_of, keeps_what_sorting_keeps_of_a_long_sequence) {
  constexpr std::size_t size = radix_select<TypeParam>::least_sampled + 77;
  std::mt19937 generator(5);
  std::normal_distribution<double> normal(0, 1e-3);
  std::vector<TypeParam> all_differ(size), many_equal(size), mostly_zero(size);
  for (std::size_t i = 0; i < size; ++i) {
    all_differ[i] = static_cast<TypeParam>(normal(generator));
    many_equal[i] = static_cast<TypeParam>(std::round(all_differ[i] * 8192) / 8192);
    mostly_zero[i] = generator() % 16 == 0 ? all_differ[i] : TypeParam{0};
  }
  for (const auto* values : {&all_differ, &many_equal, &mostly_zero}) {
    for (const equal_magnitudes equals : all_rules) {
      for (const std::size_t wanted : {std::size_t{1}, size / 100, size / 2, size - 1}) {
        const selection<TypeParam> result = select_by_sample(*values, wanted, equals);
        EXPECT_TRUE(result.kept == select_by_sorting(*values, wanted, equals)) << wanted;
        EXPECT_LE(result.rounds, 4);
      }
    }
  }
  const auto rounds = [](const std::vector<TypeParam>& values, std::size_t wanted) {
    return select_by_sample(values, wanted, equal_magnitudes::lowest_index_first).rounds;
  };
  EXPECT_EQ(rounds(all_differ, size / 2), 2);
  EXPECT_EQ(rounds(many_equal, size * 3 / 5), 2);
}

TYPED_TEST(radix_select_of, keeps_what_sorting_keeps_where_the_sample_misleads) {
  constexpr std::size_t size = radix_select<TypeParam>::least_sampled;
  std::mt19937 generator(6);
  std::normal_distribution<double> normal(0, 1);
  std::vector<TypeParam> values(size);
  for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
  for (const double factor : {0.0, 1e-3, 1e30}) {
    std::vector<TypeParam> misleading = values;
    for_each_sampled(size, block_elements, 0, [&](std::uint64_t begin, std::uint64_t count) {
      for (std::uint64_t i = begin; i < begin + count; ++i) {
        misleading[i] *= static_cast<TypeParam>(factor);
      }
    });
    for (const equal_magnitudes equals : all_rules) {
      EXPECT_TRUE(select_by_sample(misleading, size / 3, equals).kept ==
                  select_by_sorting(misleading, size / 3, equals))
          << factor;
    }
  }
}

TYPED_TEST(radix_select_of, keeps_what_sorting_keeps_where_too_many_lie_where_few_were_expected) {
  constexpr std::size_t size = radix_select<TypeParam>::least_sampled;
  constexpr std::size_t wanted = size / 2;
  std::mt19937 generator(8);
  std::normal_distribution<double> normal;
  std::vector<TypeParam> values(size);
  for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
  std::vector<bool> is_sampled(size, false);
  for_each_sampled(size, block_elements, 0, [&](std::uint64_t begin, std::uint64_t count) {
    for (std::uint64_t i = begin; i < begin + count; ++i) is_sampled[i] = true;
  });
  // The others are all close to the sample's median magnitude.
  std::normal_distribution<double> close(0.6745, 1e-4);
  for (std::size_t i = 0; i < size; ++i) {
    if (!is_sampled[i]) values[i] = static_cast<TypeParam>(close(generator));
  }
  for (const equal_magnitudes equals : all_rules) {
    EXPECT_TRUE(select_by_sample(values, wanted, equals).kept ==
                select_by_sorting(values, wanted, equals));
  }
}

TYPED_TEST(radix_select_of, may_be_told_how_many_are_wanted_after_the_sample) {
  constexpr std::size_t size = radix_select<TypeParam>::least_sampled;
  std::mt19937 generator(7);
  std::normal_distribution<double> normal;
  std::vector<TypeParam> values(size);
  for (TypeParam& value : values) value = static_cast<TypeParam>(normal(generator));
  std::vector<std::byte> memory(selection_counts::scratch_bytes());
  for (const std::size_t wanted : {size / 4 + 20, size / 2, std::size_t{0}}) {
    scratch rest(memory);
    selection_counts seen(rest);
    radix_select<TypeParam> selection(size, size / 4);
    ASSERT_TRUE(selection.wants_sample());
    for (int round = 0; selection.wants_observation(); ++round) {
      seen.clear();
      selection.observe(values.data(), size, 0, seen);
      if (round == 1) selection.want(wanted);
      if (selection.wants_observation()) selection.conclude(seen);
    }
    std::vector<TypeParam> mask(size);
    selection.mask(values.data(), size, 0, mask.data());
    const std::vector<bool> kept(mask.begin(), mask.end());
    EXPECT_TRUE(kept ==
                select_by_sorting(values, wanted, equal_magnitudes::lowest_index_first));
  }
}

TEST(radix_select, shares_the_first_round_of_selections_of_one_sequence) {
  const radix_select<float> few(100, 10), many(100, 90), all(100, 100);
  EXPECT_TRUE(few.shares_round_with(many));
  EXPECT_FALSE(few.shares_round_with(all));
}

}  // namespace
}  // namespace tensormerge
