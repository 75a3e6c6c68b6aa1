#include <type_traits>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/tensor_entry.hpp>

namespace tensormerge {
namespace {

static_assert(std::is_aggregate_v<tensor_entry>);

TEST(tensor_entry, is_a_value_that_compares_by_every_member) {
  const tensor_entry entry{"a", dtype::float16, shape{2}, 1, 8, 4};
  tensor_entry other = entry;
  EXPECT_EQ(entry, other);
  other.offset = 16;
  EXPECT_NE(entry, other);
}

}  // namespace
}  // namespace tensormerge
