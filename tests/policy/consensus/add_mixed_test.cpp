#include <array>
#include <cstddef>

#include <gtest/gtest.h>

#include <tensormerge/policy/consensus/add_mixed.hpp>

namespace tensormerge {
namespace {

struct fixed_mixer {
  float mixed(std::size_t i) const { return i == 0 ? 6.0f : -2.0f; }
  float divisor(std::size_t) const { return 2; }
};

TEST(add_mixed, adds_lambda_times_the_mix) {
  const std::array<float, 2> base{1, 1};
  std::array<float, 2> out;
  add_mixed<float>(fixed_mixer{}, {.lambda = 0.5f, .normalize = false}, base.data(),
                   out.data(), 0, 2);
  EXPECT_EQ(out, (std::array<float, 2>{4, 0}));
}

TEST(add_mixed, writes_from_a_place_of_the_result_on) {
  const std::array<float, 2> base{1, 1};
  std::array<float, 4> out{9, 9, 9, 9};
  add_mixed<float>(fixed_mixer{}, {.lambda = 0.5f, .normalize = false}, base.data(),
                   out.data(), 1, 2);
  EXPECT_EQ(out, (std::array<float, 4>{9, 4, 0, 9}));
}

TEST(add_mixed, divides_by_the_weights_that_took_part_where_normalised) {
  const std::array<float, 2> base{1, 1};
  std::array<float, 2> out;
  add_mixed<float>(fixed_mixer{}, {.lambda = 0.5f, .normalize = true}, base.data(),
                   out.data(), 0, 2);
  EXPECT_EQ(out, (std::array<float, 2>{2.5f, 0.5f}));
}

/// Sure of everything but a sum of zero.
struct sure_unless_zero {
  using mixes_two = sure_unless_zero;
  template <class Real>
  class mixer;
  static float of_two(float x, float y) { return x * 10 + y; }
  static bool is_sure(float x, float y) { return x + y != 0; }
};

TEST(add_mixed_two, adds_lambda_times_what_is_made_of_weighted_deltas) {
  const std::array<float, 3> base{1, 2, 3}, first{1, 0, 2}, second{4, 6, 8};
  std::array<float, 4> out{9, 9, 9, 9};
  EXPECT_TRUE((add_mixed_two<sure_unless_zero, float>({2, 0.5}, {first.data(), second.data()}, 3,
                                                      base.data(), out.data(), 1, 3)));
  EXPECT_EQ(out, (std::array<float, 4>{9, 67, 11, 135}));
}

TEST(add_mixed_two, writes_nothing_where_one_element_is_not_sure) {
  const std::array<float, 3> base{1, 2, 3}, first{1, 1, 2}, second{4, -1, 8};
  std::array<float, 3> out{9, 9, 9};
  EXPECT_FALSE((add_mixed_two<sure_unless_zero, float>({1, 1}, {first.data(), second.data()}, 3,
                                                       base.data(), out.data(), 0, 3)));
  EXPECT_EQ(out, (std::array<float, 3>{9, 9, 9}));
}

TEST(add_mixed_two, leaves_weights_that_a_real_does_not_hold_to_the_mixer) {
  const std::array<float, 1> base{1}, first{1}, second{4};
  std::array<float, 1> out{9};
  for (const double weight : {1e-42, 1e300}) {
    EXPECT_FALSE((add_mixed_two<sure_unless_zero, float>(
        {1, weight}, {first.data(), second.data()}, 3, base.data(), out.data(), 0, 1)));
  }
  EXPECT_EQ(out[0], 9);
}

TEST(mix_scaling, does_not_normalise_where_a_method_has_no_such_parameter) {
  struct plain {
    double lambda = 3;
  };
  struct normalised {
    double lambda = 3;
    bool normalize = true;
  };
  EXPECT_EQ(mix_scaling<float>::from(plain{}).lambda, 3);
  EXPECT_FALSE(mix_scaling<float>::from(plain{}).normalize);
  EXPECT_TRUE(mix_scaling<float>::from(normalised{}).normalize);
}

}  // namespace
}  // namespace tensormerge
