#include <array>

#include <gtest/gtest.h>

#include <tensormerge/tensor/loaded_block.hpp>

namespace tensormerge {
namespace {

template <class Storage>
class loaded_block_test : public testing::Test {};
using storages = testing::Types<float16, bfloat16, float, double>;
TYPED_TEST_SUITE(loaded_block_test, storages);

TYPED_TEST(loaded_block_test, has_stored_elements_in_the_compute_type) {
  const auto stored = [](float x) { return nearest_even::store<TypeParam>(x); };
  const std::array<TypeParam, 3> elements{stored(1), stored(-2.5f), stored(0)};
  const loaded_block<double, TypeParam> block(elements.data(), elements.size());
  EXPECT_EQ(block[0], 1.0);
  EXPECT_EQ(block[1], -2.5);
  EXPECT_EQ(block[2], 0.0);
}

TEST(loaded_block, keeps_no_elements_that_are_cheap_to_load) {
  EXPECT_EQ(sizeof(loaded_block<float, bfloat16>), sizeof(const bfloat16*));
  EXPECT_EQ(sizeof(loaded_block<double, double>), sizeof(const double*));
  EXPECT_EQ(sizeof(loaded_block<float, float16>), block_elements * sizeof(float));
}

}  // namespace
}  // namespace tensormerge
