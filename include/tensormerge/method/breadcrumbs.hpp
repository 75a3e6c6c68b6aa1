#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/sparsify/keep_middle.hpp>

namespace tensormerge {

/// Drops the largest and the smallest elements of each task vector and adds the weighted sum of
/// what is left. Cost: mostly three passes and a sample (see radix_select), one where every density
/// is 1.
/// Ref: Davari and Belilovsky 2023, "Model Breadcrumbs" (arXiv 2312.06795).
struct breadcrumbs
    : task_vector_merge<keep_middle, all_agree, breadcrumbs_parameters,
                        breadcrumbs_input_parameters> {
  static constexpr method_facts facts{.name = "breadcrumbs", .base = base_use::required};
};

}  // namespace tensormerge
