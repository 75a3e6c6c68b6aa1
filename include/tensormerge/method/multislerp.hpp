#pragma once

#include <type_traits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/gram_merge.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/rounded_multislerp.hpp>
#include <tensormerge/policy/interpolate/weighted_direction.hpp>

namespace tensormerge {

/// Interpolates any number of models, or of task vectors where there is a base, on the sphere at
/// their weighted mean direction. A single input is the result, base or not.
/// Errors: weights that sum to zero where they are normalised; three or more inputs whose
/// directions cancel out, such as inputs equal to the base.
struct multislerp
    : gram_merge<weighted_direction, multislerp_parameters, multislerp_input_parameters> {
  static constexpr method_facts facts{.name = "multislerp", .base = base_use::optional};

  template <class Real>
  using kernel =
      std::conditional_t<is_rounded<Real>, rounded_multislerp<Real>,
                         typename gram_merge<weighted_direction, multislerp_parameters,
                                             multislerp_input_parameters>::template kernel<Real>>;
};

}  // namespace tensormerge
