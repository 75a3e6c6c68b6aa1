#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/spectral_merge.hpp>
#include <tensormerge/policy/spectrum/isotropic_sum.hpp>

namespace tensormerge {

/// Sums the task matrices and gives all directions of the sum the same strength.
/// Ref: Marczak et al. 2025 (arXiv 2502.04959).
struct iso_c : spectral_merge<isotropic_sum, iso_c_parameters, iso_c_input_parameters> {
  static constexpr method_facts facts{.name = "iso_c", .base = base_use::required};
};

}  // namespace tensormerge
