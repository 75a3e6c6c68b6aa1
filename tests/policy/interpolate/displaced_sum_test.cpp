#include <array>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/displaced_sum.hpp>

namespace tensormerge {
namespace {

const std::vector<float> a{1, 2, 3}, b{10, 20, 30}, c{-1, 0, 1};

TEST(displaced_sum, adds_differences_to_the_base) {
  std::vector<float> out(3);
  displaced_sum<float>(std::array{b.data(), c.data()}, a.data(), std::array{0.5f, 2.0f},
                       out.data(), 3);
  EXPECT_EQ(out, (std::vector<float>{1 + 4.5f - 4, 2 + 9 - 4, 3 + 13.5f - 4}));
}

TEST(displaced_sum, keeps_the_base_where_no_input_differs) {
  std::vector<float> out(3);
  displaced_sum<float>(std::array{a.data()}, a.data(), std::array{1e30f}, out.data(), 3);
  EXPECT_EQ(out, a);
}

}  // namespace
}  // namespace tensormerge
