#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/engine/difference_source.hpp>
#include <tensormerge/error/failure.hpp>

#include "memory_source.hpp"

namespace tensormerge {
namespace {

using test::memory_source;
using test::all_values_of;
using numbers = std::vector<double>;

TEST(difference_source, adds_a_difference_without_rounding_to_the_bases_dtype) {
  memory_source base, change;
  base.add<bfloat16>("w", {2}, {1, 2});
  change.add<bfloat16>("w", {2}, {0.0009765625, -2});
  const difference_source model(base, change);
  EXPECT_EQ(model.describe("w")->type, dtype::float32);
  EXPECT_EQ(all_values_of(model, "w"), numbers({1.0009765625, 0}));
}

TEST(difference_source, sums_wider_floats_in_float64) {
  memory_source base, change;
  base.add<float>("w", {1}, {1});
  change.add<bfloat16>("w", {1}, {0x1p-40});
  EXPECT_EQ(all_values_of(difference_source(base, change), "w"), numbers({1 + 0x1p-40}));
}

TEST(difference_source, is_the_base_where_nothing_differs) {
  memory_source base, change;
  base.add<float16>("w", {1}, {3}).add<float16>("v", {1}, {4});
  change.add<float16>("w", {1}, {1});
  const difference_source model(base, change);
  EXPECT_EQ(model.describe("v")->type, dtype::float16);
  EXPECT_EQ(all_values_of(model, "v"), numbers({4}));
  EXPECT_EQ(all_values_of(model, "w"), numbers({4}));
}

TEST(difference_source, refuses_all_that_does_not_fit_the_base) {
  memory_source base, change;
  base.add<float>("w", {1}, {1}).add_integer("n", 1);
  change.add<float>("w", {2}, {1, 1}).add<float>("x", {1}, {1}).add_integer("n", 1);
  try {
    const difference_source model(base, change);
    FAIL();
  } catch (const failure& found) {
    EXPECT_THAT(found.what(), ::testing::HasSubstr("`w`: the difference does not fit the base"));
    EXPECT_THAT(found.what(), ::testing::HasSubstr("`x`: the difference does not fit the base"));
    EXPECT_THAT(found.what(), ::testing::HasSubstr("`n`: the dtype is not of floats"));
  }
}

}  // namespace
}  // namespace tensormerge
