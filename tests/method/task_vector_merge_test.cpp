#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>
#include <tensormerge/policy/sparsify/keep_largest.hpp>

#include "expect_outcome.hpp"
#include "merge_case.hpp"

namespace tensormerge {
namespace {

struct task_parameters {
  double lambda = 1;
  bool normalize = false;
  bool rescale = false;
};
struct task_input_parameters {
  double weight = 1;
  double density = 1;
};

/// A method of a user's own, of policies that no method of the library combines.
struct largest_summed
    : task_vector_merge<keep_largest, all_agree, task_parameters, task_input_parameters> {
  static constexpr method_facts facts{.name = "largest_summed", .base = base_use::required};
};
struct all_elected
    : task_vector_merge<keep_all, sign_of_sum, task_parameters, task_input_parameters> {
  static constexpr method_facts facts{.name = "all_elected", .base = base_use::required};
};

TEST(task_vector_merge, combines_any_sparsifier_with_any_consensus) {
  merge_case<largest_summed, float> summed({3}, {{4, 1, 0}, {0, 3, 2}}, {1, 1, 1});
  summed.set(&task_input_parameters::density, {0.34, 0.67});
  expect_values(merge_at_once(summed), {4 - 1, 3, 1});
  const merge_case<all_elected, float> elected({2}, {{4, 1}, {0, 3}}, {1, 1});
  expect_values(merge_at_once(elected), {4, 3});
}

// A policy that is derived from one of the library may do otherwise.
struct keeps_otherwise : keep_all {};
struct sums_otherwise : all_agree {};
static_assert(keeps_everything<keep_all> && !keeps_everything<keeps_otherwise> &&
              !keeps_everything<keep_largest>);
static_assert(sums_everything<all_agree> && !sums_everything<sums_otherwise> &&
              !sums_everything<sign_of_sum>);

TEST(task_vector_merge, observes_only_inputs_that_want_it) {
  merge_case<largest_summed, float> given({2}, {{4, 1}, {0, 3}}, {1, 1});
  given.set(&task_input_parameters::density, {1, 0.5});
  expect_values(merge_at_once(given), {4, 3});
}

TEST(task_vector_merge, merges_empty_tensors) {
  const merge_case<largest_summed, float> given({0}, {{}}, {});
  expect_values(merge_at_once(given), {});
}

}  // namespace
}  // namespace tensormerge
