#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/tensor/random_key.hpp>

namespace tensormerge {
namespace {

TEST(random_key, differs_by_seed_and_name) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (int layer = 0; layer < 100; ++layer) {
      keys.insert(random_key(seed, "model.layers." + std::to_string(layer) + ".weight"));
    }
  }
  EXPECT_EQ(keys.size(), 1000u);
}

TEST(random_key, is_pinned) {
  // Another value would change every random merge.
  EXPECT_EQ(random_key(42, "lm_head.weight"), 0xa601b32deec92fd1u);
}

}  // namespace
}  // namespace tensormerge
