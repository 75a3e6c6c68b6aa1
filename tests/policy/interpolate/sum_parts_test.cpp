#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/sum_parts.hpp>

namespace tensormerge {
namespace {

const std::vector<float> a{1, 2, 3}, b{10, 20, 30}, c{-1, 0, 1};

std::vector<float> sum_of_squares(std::span<const float* const> vectors,
                                  std::span<const float> coefficients) {
  std::vector<float> out(3, 99);  // which is not a term
  sum_parts<float>(vectors, coefficients, out.data(), out.size(),
                   [](const float* vector, std::size_t i) { return vector[i] * vector[i]; });
  return out;
}

TEST(sum_parts, adds_as_many_as_there_are) {
  EXPECT_EQ(sum_of_squares(std::array{a.data()}, std::array{2.0f}),
            (std::vector<float>{2, 8, 18}));
  EXPECT_EQ(sum_of_squares(std::array{a.data(), b.data(), c.data()},
                           std::array{1.0f, 0.5f, -4.0f}),
            (std::vector<float>{1 + 50 - 4, 4 + 200 - 0, 9 + 450 - 4}));
}

TEST(sum_parts, keeps_the_sign_of_zero_of_an_only_vector) {
  const std::vector<float> zero{-0.0f};
  std::vector<float> out(1);
  sum_parts<float>(std::array{zero.data()}, std::array{1.0f}, out.data(), 1,
                   [](const float* vector, std::size_t i) { return vector[i]; });
  EXPECT_EQ(1 / out[0], -1 / 0.0f);
}

}  // namespace
}  // namespace tensormerge
