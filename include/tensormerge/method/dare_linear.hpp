#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/sparsify/drop_randomly.hpp>

namespace tensormerge {

/// Drops elements of each task vector at random and adds the weighted sum of what is left.
/// Cost: two passes, one without `rescale`.
/// Ref: Yu et al. 2024, "Language models are super Mario" (arXiv 2311.03099).
struct dare_linear
    : task_vector_merge<drop_randomly, all_agree, dare_linear_parameters,
                        dare_linear_input_parameters> {
  static constexpr method_facts facts{.name = "dare_linear", .base = base_use::required};
};

}  // namespace tensormerge
