#include <array>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/weighted_sum.hpp>

namespace tensormerge {
namespace {

const std::vector<float> a{1, 2, 3}, b{10, 20, 30}, c{-1, 0, 1};

TEST(weighted_sum, sums_one_two_and_more_vectors) {
  std::vector<float> out(3);
  weighted_sum<float>(std::array{a.data()}, std::array{2.0f}, out.data(), 3);
  EXPECT_EQ(out, (std::vector<float>{2, 4, 6}));
  weighted_sum<float>(std::array{a.data(), b.data()}, std::array{2.0f, 0.5f}, out.data(), 3);
  EXPECT_EQ(out, (std::vector<float>{7, 14, 21}));
  weighted_sum<float>(std::array{a.data(), b.data(), c.data()}, std::array{2.0f, 0.5f, 1.0f},
                      out.data(), 3);
  EXPECT_EQ(out, (std::vector<float>{6, 14, 22}));
}

TEST(weighted_sum, writes_as_many_elements_as_it_is_told) {
  std::vector<float> out{7, 7, 7};
  weighted_sum<float>(std::array{a.data()}, std::array{1.0f}, out.data(), 2);
  EXPECT_EQ(out, (std::vector<float>{1, 2, 7}));
}

}  // namespace
}  // namespace tensormerge
