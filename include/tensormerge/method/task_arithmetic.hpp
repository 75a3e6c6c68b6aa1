#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/all_agree.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>

namespace tensormerge {

/// Adds the weighted task vectors to the base: out = base + lambda * sum(weight_i * delta_i).
/// `density`, `rescale` and `int8_mask` are accepted and change nothing, as in mergekit 0.1.5.
/// Cost: one pass. Ref: Ilharco et al. 2023 (arXiv 2212.04089).
struct task_arithmetic : task_vector_merge<keep_all, all_agree, task_arithmetic_parameters,
                                           task_arithmetic_input_parameters> {
  static constexpr method_facts facts{.name = "task_arithmetic", .base = base_use::required};
};

}  // namespace tensormerge
