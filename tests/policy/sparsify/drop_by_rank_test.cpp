#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/drop_by_rank.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

struct parameters {
  bool rescale = false;
};
struct input_parameters {
  double density = 0.5;
  double epsilon = 0.2;
};

template <class Real>
std::vector<Real> dropped(std::vector<Real> delta, std::size_t row_length,
                          const parameters& shared, const input_parameters& input,
                          std::uint64_t key = 1, std::size_t remembered_rows = 0) {
  using selector_type = drop_by_rank::selector<Real>;
  const tensor_facts facts{.elements = delta.size(),
                           .row_length = row_length,
                           .random_key = key,
                           .column_length = delta.size() / row_length,
                           .axes = 2};
  selector_type selector(shared, input, facts, 0);
  std::vector<std::uint32_t> words(remembered_rows * ((row_length + 31) / 32));
  selector.remember(row_masks(words, facts));
  std::vector<std::byte> memory(selector_type::statistic::scratch_bytes());
  scratch rest(memory);
  typename selector_type::statistic seen(rest);
  const auto blocks_of = [&](std::size_t row) {
    return [&, row](auto&& visit) {
      for (std::size_t column = 0; column < row_length; column += block_elements) {
        const std::size_t count = std::min(block_elements, row_length - column);
        const Real* first = delta.data() + row * row_length + column;
        std::vector<Real> copy(first, first + count);
        visit(delta_block<Real>{copy});
      }
    };
  };
  while (selector.wants_observation()) {
    seen.clear();
    for (std::size_t row = 0; row < delta.size() / row_length; ++row) {
      selector.observe_row(row, blocks_of(row), seen);
    }
    selector.conclude(seen);
  }
  for (std::size_t row = 0; row < delta.size() / row_length; ++row) {
    selector.begin_row(row, blocks_of(row), seen);
    for (std::size_t column = 0; column < row_length; column += block_elements) {
      const std::size_t count = std::min(block_elements, row_length - column);
      selector.keep({{delta.data() + row * row_length + column, count}}, row, column, seen);
    }
  }
  return delta;
}

TEST(drop_by_rank, keeps_each_place_of_a_row_with_its_probability) {
  constexpr std::size_t row = 8, rows = 20'000;
  std::vector<float> delta;
  for (std::size_t i = 0; i < row * rows; ++i) {
    delta.push_back(static_cast<float>((i * 3) % row + 1));  // places 0 3 6 1 4 7 2 5 in every row
  }
  const std::vector<float> kept = dropped(delta, row, {}, {.density = 0.5, .epsilon = 0.35});
  std::array<double, row> count{};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    count[static_cast<std::size_t>(delta[i]) - 1] += kept[i] != 0 ? 1 : 0;
  }
  for (std::size_t place = 0; place < row; ++place) {
    const double probability = 0.15 + 0.7 * static_cast<double>(place) / 7;
    const double deviation = std::sqrt(rows * probability * (1 - probability));
    EXPECT_NEAR(count[place], rows * probability, 4 * deviation) << "place " << place;
  }
}

TEST(drop_by_rank, keeps_the_density_of_rows_longer_than_a_block) {
  const std::vector<float> delta(200'000, 1);
  const std::vector<float> kept = dropped(delta, 1000, {}, {.density = 0.3, .epsilon = 0.1});
  const double count = static_cast<double>(delta.size()) -
                       static_cast<double>(std::count(kept.begin(), kept.end(), 0.0f));
  EXPECT_NEAR(count, 60'000, 4 * std::sqrt(60'000 * 0.7));
}

TEST(drop_by_rank, keeps_single_elements_with_the_density) {
  const std::vector<float> delta(100'000, 1);
  const std::vector<float> kept = dropped(delta, 1, {}, {.density = 0.3, .epsilon = 0.1});
  const double count = static_cast<double>(delta.size()) -
                       static_cast<double>(std::count(kept.begin(), kept.end(), 0.0f));
  EXPECT_NEAR(count, 30'000, 4 * std::sqrt(30'000 * 0.7));
}

TEST(drop_by_rank, draws_rows_independently) {
  // Two equal rows of one block keep different elements.
  std::vector<float> delta(512);
  for (std::size_t i = 0; i < delta.size(); ++i) delta[i] = static_cast<float>(i % 256 + 1);
  const std::vector<float> kept = dropped(delta, 256, {}, {.density = 0.5, .epsilon = 0.01});
  EXPECT_FALSE(std::equal(kept.begin(), kept.begin() + 256, kept.begin() + 256));
}

TEST(drop_by_rank, restores_the_norm_where_asked) {
  std::vector<double> delta;
  for (int i = 0; i < 3000; ++i) delta.push_back(i % 2 == 0 ? i : -i);
  double before = 0, after = 0;
  for (const double x : delta) before += std::abs(x);
  for (const double x : dropped(delta, 300, {.rescale = true}, {})) after += std::abs(x);
  EXPECT_NEAR(after, before, 1e-12 * before);
}

TEST(drop_by_rank, keeps_the_same_of_rows_that_it_remembers) {
  std::vector<float> delta;
  for (int i = 0; i < 7 * 301; ++i) delta.push_back(static_cast<float>(i * 37 % 101));
  const auto dropped_remembering = [&](std::size_t rows) {
    return dropped(delta, 301, {.rescale = true}, {}, 1, rows);
  };
  const std::vector<float> expected = dropped_remembering(0);
  EXPECT_EQ(dropped_remembering(7), expected);
  EXPECT_EQ(dropped_remembering(3), expected);
}

TEST(drop_by_rank, keeps_none_at_0_and_all_at_1) {
  const std::vector<float> delta{1, 2, 3, 4};
  EXPECT_EQ(dropped(delta, 4, {.rescale = true}, {.density = 0}), std::vector<float>(4, 0));
  EXPECT_EQ(dropped(delta, 4, {.rescale = true}, {.density = 1}), delta);
}

TEST(drop_by_rank, says_where_probabilities_would_leave_their_range) {
  const auto problem = [](const input_parameters& input) {
    return drop_by_rank::selector<float>(parameters{}, input, tensor_facts{.elements = 4}, 0)
        .problem();
  };
  EXPECT_EQ(problem({.density = 0.5, .epsilon = 0.2}), nullptr);
  EXPECT_EQ(problem({.density = 1, .epsilon = 0.2}), nullptr);
  EXPECT_EQ(problem({.density = 0, .epsilon = 0.2}), nullptr);
  EXPECT_NE(problem({.density = 0.9, .epsilon = 0.15}), nullptr);
  EXPECT_NE(problem({.density = 0.1, .epsilon = 0.1}), nullptr);
}

TEST(drop_by_rank, lets_a_dropped_nan_be_seen) {
  const std::vector<float> delta(100, std::numeric_limits<float>::quiet_NaN());
  for (const float x : dropped(delta, 10, {}, {})) EXPECT_TRUE(std::isnan(x));
}

}  // namespace
}  // namespace tensormerge
