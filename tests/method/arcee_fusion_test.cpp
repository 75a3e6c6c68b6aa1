#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/arcee_fusion.hpp>
#include <tensormerge/policy/select/row_divergence.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

/// The definition, by sorting and in one piece.
numbers fused(const numbers& base, const numbers& other, std::size_t row) {
  numbers scores;
  for (std::size_t i = 0; i < base.size(); i += row) {
    numbers working(2 * row);
    const double divergence =
        row_divergence(other.data() + i, base.data() + i, row, working);
    for (std::size_t j = i; j < i + row; ++j) {
      scores.push_back(std::abs(other[j] - base[j]) * divergence);
    }
  }
  numbers sorted = scores;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  const double threshold = at(0.5) + 1.5 * (at(0.75) - at(0.25));
  numbers result;
  for (std::size_t i = 0; i < base.size(); ++i) {
    result.push_back(scores[i] >= threshold ? other[i] : base[i]);
  }
  return result;
}

TEST(arcee_fusion, takes_the_elements_whose_score_stands_out) {
  for (const std::size_t row : {5u, 300u, 3000u}) {
    numbers base = random_values(3000, 1, 0.05), other = random_values(3000, 2, 0.01);
    for (std::size_t i = 0; i < base.size(); ++i) {
      base[i] = static_cast<double>(static_cast<float>(base[i]));
      other[i] = static_cast<double>(static_cast<float>(base[i] + other[i]));
    }
    const merge_case<arcee_fusion, float> given({base.size() / row, row}, {other}, base);
    const numbers expected = fused(base, other, row);
    EXPECT_NE(expected, base);
    EXPECT_NE(expected, other);
    expect_values(merge_at_once(given), expected);
  }
}

TEST(arcee_fusion, takes_all_where_all_scores_are_equal) {
  // In rows of one element the softmax is 1 on both sides, and every score is 0.
  const merge_case<arcee_fusion, float> given({3, 1}, {{4, 5, 6}}, {1, 2, 3});
  expect_values(merge_at_once(given), {4, 5, 6});
}

TEST(arcee_fusion, gives_equal_models_back) {
  const merge_case<arcee_fusion, float> given({2, 2}, {{1, 2, 3, 4}}, {1, 2, 3, 4});
  expect_values(merge_at_once(given), {1, 2, 3, 4});
}

TEST(arcee_fusion, takes_scalars_and_empty_tensors) {
  const merge_case<arcee_fusion, float> scalar({}, {{4}}, {1});
  expect_values(merge_at_once(scalar), {4});
  const merge_case<arcee_fusion, float> empty({0, 3}, {{}}, {});
  expect_values(merge_at_once(empty), {});
}

}  // namespace
}  // namespace tensormerge
