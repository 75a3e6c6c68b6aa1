#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/row_task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/sparsify/drop_by_rank.hpp>

namespace tensormerge {

/// Drops elements of each task vector at random, small ones of a row more often, and adds
/// the weighted sum of what is left.
/// Cost: two passes, and memory of a bit an element and input, up to 4 MiB an input; one pass and no
/// memory without `rescale`.
/// Errors: density - epsilon and density + epsilon must lie between 0 and 1 where density does.
/// Ref: Deep et al. 2024, "DELLA-Merging" (arXiv 2406.11617).
struct della_linear
    : row_task_vector_merge<drop_by_rank, all_agree, della_linear_parameters,
                            della_linear_input_parameters> {
  static constexpr method_facts facts{.name = "della_linear", .base = base_use::required};
};

}  // namespace tensormerge
