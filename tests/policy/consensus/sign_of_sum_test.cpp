#include <cmath>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/consensus/sign_of_sum.hpp>

#include "consensus_case.hpp"

namespace tensormerge {
namespace {

static_assert(consensus<sign_of_sum, float> && consensus<sign_of_sum, double>);
using numbers = std::vector<float>;

TEST(sign_of_sum, mixes_those_of_the_sign_of_the_sum) {
  const mix result = mix_of<sign_of_sum>({{1, {3, 1}}, {1, {-1, -4}}, {1, {2, 2}}});
  EXPECT_EQ(result.mixed, (numbers{5, -4}));
  EXPECT_EQ(result.divisors, (numbers{2, 1}));
}

TEST(sign_of_sum, counts_a_zero_sum_as_positive) {
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {2}}, {1, {-2}}}).mixed, (numbers{2}));
}

TEST(sign_of_sum, takes_the_sign_after_the_weight) {
  const mix result = mix_of<sign_of_sum>({{-1, {2}}, {1, {1}}});
  EXPECT_EQ(result.mixed, (numbers{-2}));
  EXPECT_EQ(result.divisors, (numbers{-1}));
}

TEST(sign_of_sum, leaves_out_zeros_and_divides_by_one_where_none_is_left) {
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {0}}, {1, {3}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {0}}, {1, {0}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<sign_of_sum>({{0, {5}}}).divisors, (numbers{1}));
}

TEST(sign_of_sum, is_not_decided_by_rounding_to_float) {
  // In float 1e8 - 1e8 + 1 could come out as 0 or 1, depending on the order.
  EXPECT_EQ(mix_of<sign_of_sum>({{1, {-1}}, {1, {1e8f}}, {1, {-1e8f}}}).mixed, (numbers{-1e8f}));
}

TEST(sign_of_sum, lets_votes_weigh_otherwise_than_deltas) {
  sign_of_sum::mixer<float> mixer(1, true);
  const numbers one{1}, other{-2};
  mixer.add(5, delta_block<const float>{one}, 1);
  mixer.add(0.5, delta_block<const float>{other}, 1);
  EXPECT_EQ(mixer.mixed(0), -1);
  EXPECT_EQ(mixer.divisor(0), 0.5f);
}

/// What the quick mixer makes, if it is certain, must be what the mixer makes.
bool is_certain_and_right(const std::vector<voter>& voters) {
  const std::size_t count = voters[0].delta.size();
  sign_of_sum::quick_mixer<float> quick(count, true);
  for (const voter& v : voters) quick.add(v.weight, delta_block<const float>{v.delta});
  if (!quick.is_certain()) return false;
  const mix expected = mix_of<sign_of_sum>(voters);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(quick.mixed(i), expected.mixed[i]) << i;
    EXPECT_EQ(quick.divisor(i), expected.divisors[i]) << i;
  }
  return true;
}

/// Derived from a consensus that mixes quickly, with a mixer of its own.
struct otherwise_mixed : sign_of_sum {
  template <class Real>
  class mixer : public sign_of_sum::mixer<Real> {
   public:
    using sign_of_sum::mixer<Real>::mixer;
    Real mixed(std::size_t) const { return 0; }
  };
};

static_assert(has_quick_mixer<sign_of_sum, float> && has_quick_mixer<sign_of_sum, double>);
static_assert(!has_quick_mixer<sign_of_sum, rounded<float>>);
static_assert(consensus<otherwise_mixed, float> && !has_quick_mixer<otherwise_mixed, float>);

TEST(quick_sign_of_sum, is_certain_of_sums_that_rounding_cannot_turn) {
  EXPECT_TRUE(is_certain_and_right({{1, {3, 1}}, {1, {-1, -4}}, {1, {2, 2}}}));
  EXPECT_TRUE(is_certain_and_right({{0.3, {0, 5}}, {-2, {0, 0}}}));  // nothing at all is certain
  EXPECT_TRUE(is_certain_and_right({{0, {3}}}));
}

TEST(quick_sign_of_sum, is_not_certain_where_rounding_could_decide) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(is_certain_and_right({{1, {2}}, {1, {-2}}}));
  EXPECT_FALSE(is_certain_and_right({{1, {-1}}, {1, {1e8f}}, {1, {-1e8f}}}));
  EXPECT_FALSE(is_certain_and_right({{0.1, {3}}, {-0.3, {1}}}));
  EXPECT_FALSE(is_certain_and_right({{1, {nan}}, {1, {1}}}));
  EXPECT_FALSE(is_certain_and_right({{1, {infinity}}, {1, {1}}}));
  EXPECT_FALSE(is_certain_and_right({{1e-42, {1e5f}}, {1, {1e-38f}}}));  // a subnormal weight
  EXPECT_FALSE(is_certain_and_right({{1e300, {1}}}));                    // too large for float
  EXPECT_FALSE(is_certain_and_right({{1, {1, 2}}, {1, {1, -2}}}));       // one is enough
}

TEST(quick_sign_of_sum, is_right_wherever_it_is_certain) {
  std::mt19937 random(3);
  std::normal_distribution<double> weight(0, 1);
  std::normal_distribution<float> change(0, 1);
  int certain = 0, uncertain = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<voter> voters(1 + random() % 5);
    for (voter& v : voters) v = {weight(random), {change(random), change(random)}};
    if (voters.size() > 1 && round % 2 == 0) {
      // Cancels all but for a few roundings of the first.
      voters[1] = {-voters[0].weight, voters[0].delta};
      const int steps = static_cast<int>(random() % 5);
      for (int i = 0; i < steps; ++i) {
        voters[1].delta[0] = std::nextafter(voters[1].delta[0], 1e9f);
      }
      voters.resize(2);
    }
    is_certain_and_right(voters) ? ++certain : ++uncertain;
  }
  EXPECT_GT(certain, 1000);
  EXPECT_GT(uncertain, 1000);
}

TEST(quick_sign_of_sum, is_right_among_the_least_numbers) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> size(0, 64), weight(-1, 1);
  int certain = 0;
  for (int round = 0; round < 4000; ++round) {
    std::vector<voter> voters(2);
    for (voter& v : voters) {
      v = {weight(random), {std::ldexp(size(random), -126), std::ldexp(size(random), -130)}};
    }
    certain += is_certain_and_right(voters) ? 1 : 0;
  }
  EXPECT_GT(certain, 100);
}

/// Whether of_two is sure of a pair; then it must be what the mixer makes, with the zeros' signs.
template <class Real>
bool is_sure_and_right(double weight_a, Real a, double weight_b, Real b) {
  const Real x = static_cast<Real>(weight_a) * a, y = static_cast<Real>(weight_b) * b;
  if constexpr (std::is_same_v<Real, float>) {
    if (!sign_of_sum::is_sure(x, y)) return false;
  }
  sign_of_sum::mixer<Real> mixer(1, false);
  mixer.add(weight_a, delta_block<const Real>{{&a, 1}});
  mixer.add(weight_b, delta_block<const Real>{{&b, 1}});
  const Real made = sign_of_sum::of_two(x, y), expected = mixer.mixed(0);
  EXPECT_TRUE(made == expected || (std::isnan(made) && std::isnan(expected)))
      << weight_a << " * " << a << " and " << weight_b << " * " << b << ": " << made << ", not "
      << expected;
  EXPECT_EQ(std::signbit(made) && made == 0, std::signbit(expected) && expected == 0);
  return true;
}

static_assert(mixes_two<sign_of_sum, float> && mixes_two<sign_of_sum, double>);
static_assert(!mixes_two<sign_of_sum, rounded<float>> && !mixes_two<otherwise_mixed, float>);

template <class Real>
struct two_of_sign_of_sum : testing::Test {};
using compute_types = testing::Types<float, double>;
TYPED_TEST_SUITE(two_of_sign_of_sum, compute_types);

TYPED_TEST(two_of_sign_of_sum, are_mixed_as_by_the_mixer) {
  using real = TypeParam;
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const real least = std::numeric_limits<real>::denorm_min();
  const real values[] = {0, real{-0.0}, 1, -1, real{0.3f}, -3, 1e30f, least, -least, nan};
  for (const real a : values) {
    for (const real b : values) {
      for (const double weight : {1.0, -0.5, 0.0}) is_sure_and_right(weight, a, 1, b);
    }
  }
  EXPECT_TRUE(is_sure_and_right<real>(1, 3, 1, -1));
  EXPECT_TRUE(is_sure_and_right<real>(0.3, -3, 0.7, -1));
  EXPECT_TRUE(is_sure_and_right<real>(1, 0, 1, real{-0.0}));
  const real infinity = std::numeric_limits<real>::infinity();
  EXPECT_TRUE(is_sure_and_right<real>(1, infinity, 1, infinity));
  for (const real finite : {real{0}, real{1}, real{-2}, nan}) {
    is_sure_and_right<real>(1, infinity, 1, finite);
    is_sure_and_right<real>(1, finite, 1, -infinity);
  }
}

TEST(two_of_sign_of_sum, make_a_nan_of_infinities_of_opposite_signs) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(std::isnan(sign_of_sum::of_two(infinity, -infinity)));
}

TYPED_TEST(two_of_sign_of_sum, are_mixed_as_by_the_mixer_where_they_nearly_cancel) {
  using real = TypeParam;
  std::mt19937 random(5);
  std::normal_distribution<double> weight(0, 1);
  std::normal_distribution<real> change(0, 1);
  int sure = 0;
  for (int round = 0; round < 8000; ++round) {
    const double weight_a = weight(random), weight_b = round % 2 == 0 ? -weight_a : weight(random);
    // Down to the least numbers, whose products lose digits.
    const int exponent = round % 4 < 2 ? 0 : std::numeric_limits<real>::min_exponent - 1;
    const real a = std::ldexp(change(random), exponent);
    real b = static_cast<real>(static_cast<double>(a) * -weight_a / weight_b);
    const int steps = static_cast<int>(random() % 64);
    for (int i = 0; i < steps; ++i) b = std::nextafter(b, std::numeric_limits<real>::infinity());
    sure += is_sure_and_right(weight_a, a, weight_b, b) ? 1 : 0;
  }
  EXPECT_GT(sure, 500);
}

TEST(two_of_sign_of_sum, are_not_sure_where_rounding_could_decide) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(is_sure_and_right<float>(1, 2, 1, -2));
  EXPECT_FALSE(is_sure_and_right<float>(0.1, 3, -0.3, 1));
  EXPECT_FALSE(is_sure_and_right<float>(1, nan, 1, 1));
  EXPECT_FALSE(is_sure_and_right<float>(1, infinity, 1, -infinity));
  // Products that vanish or overflow in float, but not in the vote.
  EXPECT_FALSE(is_sure_and_right<float>(9.5367432414215109e-07, std::ldexp(1.0f, -130),
                                        2.1192762424822309e-07, std::ldexp(-36.0f, -133)));
  EXPECT_FALSE(is_sure_and_right<float>(135297281.30778137, 2.51507e30f, 241531433.55711216,
                                        -1.40885e30f));
  EXPECT_FALSE(holds_weight<float>(1e-42));  // a subnormal number
  EXPECT_FALSE(holds_weight<float>(1e300));
  EXPECT_TRUE(holds_weight<float>(0) && holds_weight<float>(-0.1) && holds_weight<double>(1e300));
}

TEST(sign_of_sum, carries_a_nan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(mix_of<sign_of_sum>({{1, {nan}}, {1, {1}}}).mixed[0]));
}

}  // namespace
}  // namespace tensormerge
