#pragma once

#include <algorithm>

#include <tensormerge/method/changed_mean_kernel.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>

namespace tensormerge {

/// As ram, and changes that a model makes alone are amplified by
/// 1 + r * min(with_others / alone, alpha), where these count the elements that the model changes
/// with others and alone in this tensor. Cost: two passes.
/// Ref: "Reinforced agent merging" (arXiv 2601.13572), RAM+ by tensor.
struct ramplus_tl {
  static constexpr method_facts facts{
      .name = "ramplus_tl", .base = base_use::required, .writes_float32 = true};
  using parameters = ramplus_tl_parameters;
  using input_parameters = ramplus_tl_input_parameters;

  struct gain_by_overlap {
    static constexpr bool needs_counts = true;
    explicit gain_by_overlap(const parameters& given) : given_(given) {}
    double factor(double with_others, double alone) const {
      const double ratio = with_others / std::max(alone, given_.epsilon);
      return 1 + given_.r * std::min(std::max(ratio, 0.0), given_.alpha);
    }

   private:
    parameters given_;
  };

  template <class Real>
  using kernel = changed_mean_kernel<gain_by_overlap, Real>;
};

}  // namespace tensormerge
