#include <gtest/gtest.h>

#include <tensormerge/engine/memory_budget.hpp>

namespace tensormerge {
namespace {

TEST(memory_budget, lets_no_more_be_taken_than_there_is) {
  memory_budget memory(100);
  EXPECT_TRUE(memory.take(60));
  EXPECT_FALSE(memory.take(60));
  EXPECT_TRUE(memory.take(40));
  EXPECT_FALSE(memory.take(1));
}

TEST(memory_budget, lets_be_taken_again_what_was_given_back) {
  memory_budget memory(100);
  EXPECT_TRUE(memory.take(80));
  memory.give_back(80);
  EXPECT_TRUE(memory.take(100));
}

}  // namespace
}  // namespace tensormerge
