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
