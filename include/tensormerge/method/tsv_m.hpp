#pragma once

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/spectral_merge.hpp>
#include <tensormerge/policy/spectrum/decorrelated_parts.hpp>

namespace tensormerge {

/// Joins the leading singular directions of every task matrix, made orthogonal to each other, so
/// that tasks interfere less. Ref: Gargiulo et al. 2025 (arXiv 2412.00081).
struct tsv_m : spectral_merge<decorrelated_parts, tsv_m_parameters, tsv_m_input_parameters> {
  static constexpr method_facts facts{.name = "tsv_m", .base = base_use::required};
};

}  // namespace tensormerge
