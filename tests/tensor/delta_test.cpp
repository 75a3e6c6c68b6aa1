#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/elements.hpp>

namespace tensormerge {
namespace {

TEST(take_delta, subtracts_the_base) {
  const std::vector<float> weights{1, 5, -2}, base{1, 2, 3};
  std::vector<float> values(3);
  const delta_block<float> delta{values};
  take_delta(weights.data(), base.data(), delta);
  EXPECT_EQ(values, (std::vector<float>{0, 3, -5}));
  EXPECT_EQ(delta.size(), 3u);
  delta[0] = 7;
  EXPECT_EQ(values[0], 7);
}

TEST(take_delta, loads_what_is_stored) {
  const std::vector<bfloat16> weights{to_bfloat16(1.5f), to_bfloat16(-2)};
  const std::vector<float> base{1, 1};
  std::vector<float> values(2);
  take_delta(weights.data(), base.data(), delta_block<float>{values});
  EXPECT_EQ(values, (std::vector<float>{0.5f, -3}));
}

TEST(elements, are_the_memory_itself) {
  std::vector<float> values{1, 2, 3};
  elements(values.data(), 2) *= 10;
  EXPECT_EQ(values, (std::vector<float>{10, 20, 3}));
}

}  // namespace
}  // namespace tensormerge
