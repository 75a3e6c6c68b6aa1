#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/keep_all.hpp>

#include "selector_case.hpp"

namespace tensormerge {
namespace {

static_assert(sparsifier<keep_all, float> && sparsifier<keep_all, double>);

TEST(keep_all, changes_nothing) {
  const std::vector<float> delta = alternating<float>(600);
  EXPECT_EQ(sparsified<keep_all>(delta, {.rescale = true}, {.density = 0.1}), delta);
}

}  // namespace
}  // namespace tensormerge
