#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/changed_mean_kernel.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

struct count_parameters {
  double epsilon = 0.25;
};
struct count_input_parameters {};

/// A gain of a user's own: the number of elements that a model changes alone.
struct gain_by_count {
  static constexpr bool needs_counts = true;
  explicit gain_by_count(const count_parameters&) {}
  double factor(double with_others, double alone) const { return alone + 10 * with_others; }
};

struct counted {
  static constexpr method_facts facts{.name = "counted", .base = base_use::required};
  using parameters = count_parameters;
  using input_parameters = count_input_parameters;
  template <class Real>
  using kernel = changed_mean_kernel<gain_by_count, Real>;
};

TEST(changed_mean_kernel, counts_what_models_change_with_others_and_alone) {
  // The first model changes two elements alone and one with the second, which has none alone; a
  // change of epsilon is none.
  const merge_case<counted, float> given({4}, {{1, 2, 4, 0.25}, {0.25, 0, 2, 0}}, {0, 0, 0, 0});
  expect_values(merge_at_once(given), {12, 24, 3, 0});
}

TEST(changed_mean_kernel, counts_across_tiles_and_workers) {
  const std::vector<double> zeros(3000, 0), first = random_values(3000, 1, 0.3),
                            second = random_values(3000, 2, 0.3);
  const merge_case<counted, float> given({3000}, {first, second}, zeros);
  EXPECT_EQ(merge_in_tiles(given, {512, 3, 4}).values, merge_at_once(given).values);
}

}  // namespace
}  // namespace tensormerge
