#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/random/bernoulli.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {
namespace {

std::vector<float> draw(double probability, std::size_t count, std::uint64_t key = 1,
                        std::uint32_t stream = 0) {
  const bernoulli draws(probability, key, stream);
  std::vector<float> chosen(count);
  for (std::size_t first = 0; first < count; first += block_elements) {
    draws.draw(first, std::min(block_elements, count - first), chosen.data() + first);
  }
  return chosen;
}

double sum(const std::vector<float>& values) {
  double total = 0;
  for (const float value : values) total += static_cast<double>(value);
  return total;
}

TEST(bernoulli, chooses_the_share_that_was_asked_for) {
  constexpr std::size_t count = 1'000'000;
  // Probabilities on both sides of a multiple of 2^-16 need the second draw to come out right.
  for (const double probability : {0.1, 0.25, 0.5, 0.53, 0x1p-16, 1.5 * 0x1p-16, 0.9, 0.9999}) {
    const double expected = probability * static_cast<double>(count);
    const double deviation = std::sqrt(expected * (1 - probability));
    EXPECT_NEAR(sum(draw(probability, count)), expected, 4 * deviation) << probability;
  }
}

TEST(bernoulli, chooses_none_at_0_and_all_at_1) {
  EXPECT_EQ(sum(draw(0, 100'000)), 0);
  EXPECT_EQ(sum(draw(1, 100'000)), 100'000);
}

TEST(bernoulli, decides_the_second_draw_by_the_rest_of_the_probability) {
  // With a probability below 2^-16 only elements whose 16 bits are all zero can be chosen.
  constexpr std::size_t count = 4'000'000;
  const double expected = 0.25 * 0x1p-16 * static_cast<double>(count);
  EXPECT_NEAR(sum(draw(0.25 * 0x1p-16, count)), expected, 4 * std::sqrt(expected));
}

TEST(bernoulli, draws_other_elements_for_another_key_or_stream) {
  const std::vector<float> one = draw(0.5, 4096, 1, 0);
  EXPECT_EQ(one, draw(0.5, 4096, 1, 0));
  for (const std::vector<float>& other : {draw(0.5, 4096, 2, 0), draw(0.5, 4096, 1, 1)}) {
    double both = 0;
    for (std::size_t i = 0; i < one.size(); ++i) both += one[i] == other[i] ? 1 : 0;
    EXPECT_NEAR(both, 2048, 4 * 32);  // independent draws agree half of the time
  }
}

TEST(bernoulli, draws_neighbours_and_distant_elements_independently) {
  const std::vector<float> chosen = draw(0.5, 100'000);
  for (const std::size_t distance : {1u, 2u, 4u, 32u, 64u, 128u, 256u, 1024u}) {
    double agree = 0;
    const std::size_t pairs = chosen.size() - distance;
    for (std::size_t i = 0; i < pairs; ++i) agree += chosen[i] == chosen[i + distance] ? 1 : 0;
    const double n = static_cast<double>(pairs);
    EXPECT_NEAR(agree, n / 2, 4.5 * std::sqrt(n) / 2) << "distance " << distance;
  }
}

TEST(bernoulli, scales_what_it_draws) {
  // In some of these blocks all elements are decided by the first bits, in others not.
  constexpr std::size_t count = 1'000'000;
  for (const double probability : {0.5, 0.53, 1.5 * 0x1p-16, 1.0}) {
    const std::vector<float> chosen = draw(probability, count);
    std::vector<float> values(count, 3), expected(count);
    const bernoulli draws(probability, 1, 0);
    for (std::size_t first = 0; first < count; first += block_elements) {
      draws.scale(first, std::min(block_elements, count - first), values.data() + first, -0.5f);
    }
    for (std::size_t i = 0; i < count; ++i) expected[i] = 3 * (chosen[i] * -0.5f);
    EXPECT_EQ(values, expected) << probability;
  }
}

TEST(bernoulli, lets_be_seen_what_is_not_finite) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> values(block_elements, infinity), finite(block_elements, 1);
  bernoulli(0, 1, 0).scale(0, block_elements, values.data(), 2.0f);
  bernoulli(0, 1, 0).scale(0, block_elements, finite.data(), infinity);
  for (std::size_t i = 0; i < block_elements; ++i) {
    EXPECT_TRUE(std::isnan(values[i]) && std::isnan(finite[i])) << i;
  }
}

TEST(bernoulli, draws_the_same_for_a_short_last_block) {
  std::vector<float> whole = draw(0.5, 512);
  whole.resize(300);
  EXPECT_EQ(whole, draw(0.5, 300));
}

}  // namespace
}  // namespace tensormerge
