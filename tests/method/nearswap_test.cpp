#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/nearswap.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

merge_case<nearswap, float> near(double t, const numbers& base, const numbers& other) {
  merge_case<nearswap, float> given({base.size()}, {other}, base);
  given.shared.t = t;
  return given;
}

TEST(nearswap, moves_all_the_way_within_the_distance_and_by_it_beyond) {
  expect_values(merge_at_once(near(0.5, {1, 1, 1}, {1.25, 0.5, 3})), {1.25, 0.5, 1.5});
}

TEST(nearswap, stays_at_the_base_for_0) {
  expect_values(merge_at_once(near(0, {1, 1}, {1.25, 1})), {1, 1});
}

TEST(nearswap, counts_tiny_distances_as_a_millionth) {
  const double distance = 0x1p-21;  // about half of it
  const double weight = 1e-7 / 1e-6;
  expect_values(merge_at_once(near(1e-7, {0}, {distance})), {weight * distance});
}

}  // namespace
}  // namespace tensormerge
