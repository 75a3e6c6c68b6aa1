#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/sample.hpp>

namespace tensormerge {
namespace {

struct asks_never {};
struct asks_as_told {
  bool told;
  bool wants_sample() const { return told; }
};

TEST(wants_sample, is_what_an_observer_says_and_no_of_one_that_does_not_say) {
  EXPECT_TRUE(wants_sample(asks_as_told{true}));
  EXPECT_FALSE(wants_sample(asks_as_told{false}));
  EXPECT_FALSE(wants_sample(asks_never{}));
}

TEST(for_each_sampled, visits_one_piece_of_eight) {
  constexpr std::uint64_t length = 10, groups = 100;
  std::vector<std::uint64_t> begins;
  for_each_sampled(groups * sample_step * length, length, 3,
                   [&](std::uint64_t begin, std::uint64_t count) {
                     EXPECT_EQ(count, length);
                     begins.push_back(begin);
                   });
  ASSERT_EQ(begins.size(), groups);
  std::set<std::uint64_t> places;
  for (std::uint64_t group = 0; group < groups; ++group) {
    EXPECT_EQ(begins[group] / (sample_step * length), group);
    EXPECT_EQ(begins[group] % length, 0u);
    places.insert(begins[group] / length % sample_step);
  }
  EXPECT_EQ(places.size(), sample_step) << "each place is sampled in some group";
}

TEST(for_each_sampled, cuts_the_last_piece_and_visits_nothing_of_nothing) {
  for (const std::uint64_t size : {0u, 1u, 9u, 10u, 11u, 79u, 80u, 81u, 799u}) {
    for (std::uint64_t number = 0; number < 20; ++number) {
      for_each_sampled(size, 10, number, [&](std::uint64_t begin, std::uint64_t count) {
        EXPECT_GT(count, 0u);
        EXPECT_LE(begin + count, size);
      });
    }
  }
}

}  // namespace
}  // namespace tensormerge
