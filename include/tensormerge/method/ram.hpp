#pragma once

#include <tensormerge/method/changed_mean_kernel.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>

namespace tensormerge {

/// Adds to each element of the base the mean of the task vectors that change it by more than
/// `epsilon`. Cost: one pass. Ref: "Reinforced agent merging" (arXiv 2601.13572).
struct ram {
  static constexpr method_facts facts{.name = "ram", .base = base_use::required};
  using parameters = ram_parameters;
  using input_parameters = ram_input_parameters;

  struct no_gain {
    static constexpr bool needs_counts = false;
    explicit no_gain(const parameters&) {}
    double factor(double, double) const { return 1; }
  };

  template <class Real>
  using kernel = changed_mean_kernel<no_gain, Real>;
};

}  // namespace tensormerge
