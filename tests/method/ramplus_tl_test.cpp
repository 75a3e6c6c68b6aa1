#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/ramplus_tl.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

using numbers = std::vector<double>;

TEST(ramplus_tl, amplifies_what_a_model_changes_alone_by_its_overlap) {
  // The first model changes two elements with the second and four alone: ratio 0.5, so 1 + 0.1 *
  // 0.2 with the limit of 0.2, and 1 + 0.1 * 0.5 without. The second has none of its own.
  const numbers base(6, 0);
  merge_case<ramplus_tl, float> given({6}, {{1, 3, 1, 2, 3, 4}, {3, 5, 0, 0, 0, 0}}, base);
  expect_values(merge_at_once(given), {2, 4, 1.02, 2.04, 3.06, 4.08});
  given.shared.alpha = 9;
  expect_values(merge_at_once(given), {2, 4, 1.05, 2.1, 3.15, 4.2});
  given.shared.r = 0;
  expect_values(merge_at_once(given), {2, 4, 1, 2, 3, 4});
}

TEST(ramplus_tl, gives_a_single_model_back) {
  const merge_case<ramplus_tl, float> given({3}, {{1, 3, 1}}, {0, 3, 2});
  expect_values(merge_at_once(given), {1, 3, 1});
}

}  // namespace
}  // namespace tensormerge
