#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/task_vector_merge.hpp>
#include <tensormerge/policy/consensus/largest_magnitude.hpp>
#include <tensormerge/policy/sparsify/keep_all.hpp>

namespace tensormerge {

/// Takes each element from the task vector in which it is largest in magnitude:
/// out = base + lambda * weight_i * delta_i for the i with the largest |weight_i * delta_i|.
/// Cost: one pass. Ref: Marczak et al. 2024, "MagMax" (arXiv 2407.06322).
struct magmax
    : task_vector_merge<keep_all, largest_magnitude, magmax_parameters, magmax_input_parameters> {
  static constexpr method_facts facts{.name = "magmax", .base = base_use::required};
};

}  // namespace tensormerge
