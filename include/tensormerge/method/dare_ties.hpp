#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/drop_randomly.hpp>

namespace tensormerge {

/// Drops elements of each task vector at random, elects a sign for each element and adds the sum of
/// those that agree. Cost: two passes, one without `rescale`.
/// Ref: Yu et al. 2024, "Language models are super Mario" (arXiv 2311.03099).
struct dare_ties
    : task_vector_merge<drop_randomly, sign_of_sum, dare_ties_parameters,
                        dare_ties_input_parameters> {
  static constexpr method_facts facts{.name = "dare_ties", .base = base_use::required};
};

}  // namespace tensormerge
