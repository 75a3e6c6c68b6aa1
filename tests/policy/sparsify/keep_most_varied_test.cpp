#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/sparsify/keep_most_varied.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

using numbers = std::vector<float>;

numbers kept(const std::vector<numbers>& models, double share) {
  const std::size_t size = models[0].size();
  const numbers base(size, 0);
  std::vector<const float*> inputs;
  for (const numbers& model : models) inputs.push_back(model.data());
  using selection_type = keep_most_varied<float>;
  std::vector<std::byte> memory(selection_type::statistic::scratch_bytes());
  scratch rest(memory);
  selection_type::statistic seen(rest);
  selection_type selection(share, size);
  while (selection.wants_observation()) {
    seen.clear();
    selection.observe(inputs, base.data(), 0, size, 0, seen);
    selection.conclude(seen);
  }
  numbers mask(size);
  selection.mask(inputs, base.data(), 0, size, 0, mask.data());
  return mask;
}

TEST(keep_most_varied, keeps_the_elements_in_which_models_differ_most) {
  EXPECT_EQ(kept({{0, 0, 0, 0}, {1, 4, 2, 3}}, 0.5), (numbers{0, 1, 0, 1}));
}

TEST(keep_most_varied, takes_the_share_of_those_that_vary_at_all) {
  // Three elements vary, of which half are one.
  EXPECT_EQ(kept({{1, 1, 1, 1, 1}, {1, 2, 1, 4, 3}}, 0.5), (numbers{0, 0, 0, 1, 0}));
  EXPECT_EQ(kept({{1, 1}, {1, 1}}, 0.5), (numbers{0, 0}));
}

TEST(keep_most_varied, takes_equal_variances_from_the_front) {
  EXPECT_EQ(kept({{0, 0, 0, 0}, {2, -2, 2, -2}}, 0.5), (numbers{1, 1, 0, 0}));
}

TEST(keep_most_varied, keeps_none_at_0_and_all_at_1) {
  EXPECT_EQ(kept({{0, 0}, {0, 1}}, 0), (numbers{0, 0}));
  EXPECT_EQ(kept({{0, 0}, {0, 1}}, 1), (numbers{1, 1}));
}

TEST(keep_most_varied, keeps_none_of_a_single_model) {
  EXPECT_EQ(kept({{1, 2, 3}}, 0.5), (numbers{0, 0, 0}));
}

}  // namespace
}  // namespace tensormerge
