#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/plan/shared_list.hpp>

namespace tensormerge {
namespace {

TEST(shared_list, copies_share_their_items) {
  const shared_list<int> list{1, 2, 3}, copy = list;
  EXPECT_EQ(std::vector<int>(copy), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(&copy[0], &list[0]);
  EXPECT_EQ(shared_list<int>().size(), 0u);
}

TEST(shared_list, becomes_another_without_changing_its_copies) {
  shared_list<int> list{1, 2};
  const shared_list<int> copy = list;
  list.become({3});
  EXPECT_EQ(std::vector<int>(list), std::vector<int>{3});
  EXPECT_EQ(std::vector<int>(copy), (std::vector<int>{1, 2}));
}

TEST(shared_list, stays_where_it_is_if_it_is_the_same_already) {
  shared_list<int> list{1, 2};
  const int* const place = &list[0];
  list.become({1, 2});
  EXPECT_EQ(&list[0], place);
}

}  // namespace
}  // namespace tensormerge
