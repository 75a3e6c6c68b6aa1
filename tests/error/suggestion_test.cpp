#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/error/suggestion.hpp>

namespace tensormerge {
namespace {

constexpr std::array<std::string_view, 4> known{"weight", "density", "gamma", "t"};

TEST(edit_distance, counts_a_swap_of_neighbours_once) {
  EXPECT_EQ(edit_distance("weight", "weight"), 0u);
  EXPECT_EQ(edit_distance("wieght", "weight"), 1u);
  EXPECT_EQ(edit_distance("densty", "density"), 1u);
  EXPECT_EQ(edit_distance("gama", "gamma"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
}

TEST(nearest_name, finds_a_misspelled_name) {
  EXPECT_EQ(nearest_name("densty", known), "density");
  EXPECT_EQ(nearest_name("wieght", known), "weight");
}

TEST(nearest_name, proposes_nothing_for_another_word) {
  EXPECT_EQ(nearest_name("tokenizer", known), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 'x'), known), "");
}

TEST(nearest_name, of_a_single_letter_is_the_same_letter) {
  EXPECT_EQ(nearest_name("T", known), "t");
  EXPECT_EQ(nearest_name("1", known), "");
}

TEST(did_you_mean, makes_a_question_or_nothing) {
  EXPECT_EQ(did_you_mean("gama", known), "did you mean `gamma`?");
  EXPECT_EQ(did_you_mean("something else", known), "");
}

}  // namespace
}  // namespace tensormerge
