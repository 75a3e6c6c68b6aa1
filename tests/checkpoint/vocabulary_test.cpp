#include <optional>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/vocabulary.hpp>

namespace tensormerge {
namespace {

TEST(vocabulary, finds_the_number_that_a_token_was_given_last) {
  vocabulary tokens;
  EXPECT_TRUE(tokens.put("b", 7));
  EXPECT_TRUE(tokens.put("a", 3));
  EXPECT_FALSE(tokens.put("b", 8));
  EXPECT_EQ(tokens.find("b"), 8u);
  EXPECT_EQ(tokens.find("c"), std::nullopt);
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens.entries()[0].token, "b");
}

}  // namespace
}  // namespace tensormerge
