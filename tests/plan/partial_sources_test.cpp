#include <tensormerge/plan/partial_sources.hpp>

#include <gtest/gtest.h>

#include <tensormerge/method/method_list.hpp>

namespace tensormerge {
namespace {

TEST(judge_partial, merges_what_is_there_where_it_is_enough) {
  EXPECT_EQ(judge_partial(linear::facts, false, false, 1), partial_outcome::merged);
  EXPECT_EQ(judge_partial(ties::facts, true, true, 1), partial_outcome::merged);
  EXPECT_EQ(judge_partial(model_stock::facts, true, true, 1), partial_outcome::left_out);
}

TEST(judge_partial, carries_over_what_stands_alone) {
  EXPECT_EQ(judge_partial(ties::facts, true, true, 0), partial_outcome::carried_over);
  EXPECT_EQ(judge_partial(slerp::facts, true, false, 1), partial_outcome::carried_over);
  EXPECT_EQ(judge_partial(nuslerp::facts, false, false, 1), partial_outcome::carried_over);
}

TEST(judge_partial, refuses_to_drop_a_base_of_many) {
  EXPECT_EQ(judge_partial(ties::facts, true, false, 1), partial_outcome::refused);
  EXPECT_EQ(judge_partial(multislerp::facts, true, false, 2), partial_outcome::refused);
  EXPECT_EQ(judge_partial(nuslerp::facts, true, false, 2), partial_outcome::refused);
}

}  // namespace
}  // namespace tensormerge
