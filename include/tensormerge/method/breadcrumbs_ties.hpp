#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/keep_middle.hpp>

namespace tensormerge {

/// Drops the largest and the smallest elements of each task vector, elects a sign for each element
/// and adds the sum of those that agree. Cost: mostly three passes and a sample (see radix_select),
/// one where every density is 1.
/// Ref: Davari and Belilovsky 2023, "Model Breadcrumbs" (arXiv 2312.06795).
struct breadcrumbs_ties
    : task_vector_merge<keep_middle, sign_of_sum, breadcrumbs_ties_parameters,
                        breadcrumbs_ties_input_parameters> {
  static constexpr method_facts facts{.name = "breadcrumbs_ties", .base = base_use::required};
};

}  // namespace tensormerge
