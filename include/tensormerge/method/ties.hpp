#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/keep_largest.hpp>

namespace tensormerge {

/// Trims each task vector to its largest elements, elects a sign for each element and adds the
/// mean of those that agree. Cost: mostly three passes and a sample (see radix_select), one where
/// every density is 1.
/// Ref: Yadav et al. 2023, "TIES-Merging" (arXiv 2306.01708).
struct ties : task_vector_merge<keep_largest, sign_of_sum, ties_parameters, ties_input_parameters> {
  static constexpr method_facts facts{.name = "ties", .base = base_use::required};
};

}  // namespace tensormerge
