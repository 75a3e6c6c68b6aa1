#pragma once

#include <type_traits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/gram_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/rounded_karcher.hpp>
#include <tensormerge/policy/interpolate/karcher_mean.hpp>

namespace tensormerge {

/// The Riemannian mean of the models, all with the same weight.
/// Ref: arXiv 2603.04972.
struct karcher : gram_merge<karcher_mean, karcher_parameters, karcher_input_parameters> {
  static constexpr method_facts facts{.name = "karcher", .base = base_use::ignored};

  template <class Real>
  using kernel =
      std::conditional_t<is_rounded<Real>, rounded_karcher<Real>,
                         typename gram_merge<karcher_mean, karcher_parameters,
                                             karcher_input_parameters>::template kernel<Real>>;
};

}  // namespace tensormerge
