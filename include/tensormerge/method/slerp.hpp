#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/two_vector_merge.hpp>
#include <tensormerge/policy/interpolate/arc.hpp>

namespace tensormerge {

/// Moves from the base (t = 0) to the input (t = 1) along the arc between their directions;
/// straight where |cosine| > 0.9995, opposite directions included. A norm of at most 1e-8 counts
/// as 1. `t` may leave [0, 1]. Cost: two passes. Ref: Shoemake 1985; bounds of mergekit 0.1.5.
struct slerp {
  static constexpr method_facts facts{
      .name = "slerp", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = slerp_parameters;
  using input_parameters = slerp_input_parameters;

  struct path {
    static two_coefficients coefficients(double t, double base_base, double input_input,
                                         double base_input) {
      constexpr double straight_above = 0.9995;
      const double cosine = base_input / (length(base_base) * length(input_input));
      return std::abs(cosine) > straight_above ? line(t) : arc(t, cosine);
    }

   private:
    static double length(double square) {
      constexpr double negligible = 1e-8;
      const double norm = std::sqrt(square);
      return norm > negligible ? norm : 1.0;
    }
  };

  template <class Real>
  using kernel = two_vector_kernel<path, Real>;
};

}  // namespace tensormerge
