#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/consensus/all_agree.hpp>

#include "consensus_case.hpp"

namespace tensormerge {
namespace {

static_assert(consensus<all_agree, float> && consensus<all_agree, double>);
using numbers = std::vector<float>;

TEST(all_agree, sums_weighted_deltas_and_weights) {
  const mix result = mix_of<all_agree>({{2, {1, -1}}, {-0.5, {4, 2}}});
  EXPECT_EQ(result.mixed, (numbers{0, -3}));
  EXPECT_EQ(result.divisors, (numbers{1.5, 1.5}));
}

TEST(all_agree, does_not_divide_by_weights_that_cancel) {
  EXPECT_EQ(mix_of<all_agree>({{1, {1}}, {-1, {4}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<all_agree>({{1, {1}}, {-1 - 1e-9, {4}}}).divisors, (numbers{1}));
  EXPECT_EQ(mix_of<all_agree>({{1, {1}}, {-3, {4}}}).divisors, (numbers{-2}));
}

static_assert(mixes_two<all_agree, double> && !mixes_two<all_agree, float>);

TEST(all_agree, mixes_two_as_its_mixer_does) {
  for (const double a : {0.0, -0.0, 0.1, -0.3, 1e300}) {
    for (const double b : {0.0, -0.0, 0.7, 1e-300}) {
      all_agree::mixer<double> mixer(1, false);
      mixer.add(1, delta_block<const double>{{&a, 1}});
      mixer.add(1, delta_block<const double>{{&b, 1}});
      EXPECT_EQ(all_agree::of_two(a, b), mixer.mixed(0));
      EXPECT_EQ(std::signbit(all_agree::of_two(a, b)), std::signbit(mixer.mixed(0)));
    }
  }
}

}  // namespace
}  // namespace tensormerge
