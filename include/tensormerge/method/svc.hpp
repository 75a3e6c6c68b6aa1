#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/spectral_merge.hpp>
#include <tensormerge/policy/spectrum/plain_sum.hpp>

namespace tensormerge {

/// The weighted sum of task vectors, with singular values calibrated where tasks share directions.
/// Ref: Li et al. 2026 (arXiv 2602.05536).
struct svc : spectral_merge<plain_sum, svc_parameters, svc_input_parameters> {
  static constexpr method_facts facts{.name = "svc", .base = base_use::required};
};

}  // namespace tensormerge
