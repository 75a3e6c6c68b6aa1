#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/competition_scores.hpp>

namespace tensormerge {
namespace {

/// The scores of two models' task vectors from a base of zeros.
class two_models : public testing::Test {
 protected:
  void observe(const std::vector<double>& first, const std::vector<double>& second) {
    base_.assign(first.size(), 0);
    pointers_ = {first.data(), second.data()};
    piece_ = {.inputs = pointers_, .base = base_.data(), .size = first.size(), .first = 0};
    competition_scores::statistic left(2, memory_), right(2, memory_);
    while (scores_.wants_observation() && !scores_.undefined()) {
      left.clear();
      right.clear();
      scores_.observe(piece_, 0, 1, left);
      scores_.observe(piece_, 1, first.size() - 1, right);
      right.combine(left);
      scores_.conclude(right);
    }
  }

  std::vector<double> scores_of(std::size_t model) {
    std::vector<double> scores(piece_.size), delta(piece_.size);
    scores_.score(piece_, model, 0, piece_.size, scores.data(), delta.data());
    return scores;
  }

  std::vector<std::byte> lent_ = std::vector<std::byte>(
      competition_scores::scratch_bytes(2) + 2 * competition_scores::statistic::scratch_bytes(2));
  scratch memory_{lent_};
  competition_scores scores_{2, memory_};

 private:
  std::vector<double> base_;
  std::vector<const double*> pointers_;
  tile<double> piece_;
};

TEST_F(two_models, score_by_their_own_and_common_products) {
  const std::vector<double> first{1, 0, 2}, second{0, 1, 2};
  observe(first, second);
  // Squares 1, 0, 4 are normalised to 1/4, 0, 1; products 0, 0, 4 to 0, 0, 1.
  const double e = std::exp(1), own = std::exp(0.5) + 1 + e * e;
  const double squares = std::exp(0.25) + 1 + e, products = 1 + 1 + e;
  const std::vector<double> expected{
      std::exp(0.5) / own * (std::exp(0.25) / squares + 1 / products),
      1 / own * (1 / squares + 1 / products), e * e / own * (e / squares + e / products)};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_DOUBLE_EQ(scores_of(0)[i], expected[i]) << i;
  EXPECT_DOUBLE_EQ(scores_of(1)[0], expected[1]);
  EXPECT_DOUBLE_EQ(scores_of(1)[1], expected[0]);
}

TEST_F(two_models, score_alike_everywhere_where_all_products_are) {
  const std::vector<double> zeros(4, 0);
  observe(zeros, zeros);
  for (const double score : scores_of(1)) EXPECT_DOUBLE_EQ(score, 0.25 * (0.25 + 0.25));
}

TEST_F(two_models, have_no_scores_where_one_is_not_finite) {
  const std::vector<double> first{1, 0, 2};
  const std::vector<double> second{0, std::numeric_limits<double>::infinity(), 2};
  observe(first, second);
  EXPECT_TRUE(scores_.undefined());
}

}  // namespace
}  // namespace tensormerge
