#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/select/selection_counts.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

class selection_counts_of_two : public testing::Test {
 protected:
  std::vector<std::byte> memory_ = std::vector<std::byte>(2 * selection_counts::scratch_bytes());
  scratch rest_{memory_};
  selection_counts one_{rest_}, other_{rest_};
};

TEST_F(selection_counts_of_two, add_their_counts) {
  one_.counts()[7] = 2;
  one_.above = 1;
  other_.counts()[7] = 3;
  other_.above = 10;
  one_.combine(other_);
  EXPECT_EQ(one_.counts()[7], 5u);
  EXPECT_EQ(one_.above, 11u);
  one_.clear();
  EXPECT_EQ(one_.counts()[7], 0u);
  EXPECT_EQ(one_.above, 0u);
}

TEST_F(selection_counts_of_two, join_their_lists) {
  other_.list(5, 50);
  other_.list(6, 60);
  one_.combine(other_);  // has nothing itself
  one_.list(7, 70);
  ASSERT_EQ(one_.listed(), 3u);
  EXPECT_EQ(one_.keys()[1], 6u);
  EXPECT_EQ(one_.indices()[1], 60u);
  EXPECT_EQ(one_.keys()[2], 7u);
}

TEST_F(selection_counts_of_two, cut_their_lists_off_at_the_most) {
  for (std::size_t i = 0; i < selection_counts::most_listed; ++i) one_.list(i, i);
  other_.list(1, 1);
  one_.list(1, 1);
  one_.combine(other_);
  EXPECT_EQ(one_.listed(), selection_counts::most_listed);
}

}  // namespace
}  // namespace tensormerge
