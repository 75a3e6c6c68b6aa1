#pragma once

#include <algorithm>
#include <cmath>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/method/two_vector_merge.hpp>
#include <tensormerge/policy/interpolate/arc.hpp>

namespace tensormerge {

/// The spherical interpolation of MergeKit for MLX: the base at t = 0, the input at t = 1, between
/// them sin((1-t)w)/sin(w + 1e-5) base + sin(t w)/sin(w + 1e-5) input, with the angle w held in
/// [0, pi/2]. Parallel tensors, where that quotient is 0 by definition, are interpolated linearly.
/// Cost: two passes. Source: the documentation of MergeKit for MLX 0.1.0.
struct mlx_slerp {
  static constexpr method_facts facts{
      .name = "slerp", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = mlx_slerp_parameters;
  using input_parameters = no_parameters;

  struct path {
    static two_coefficients coefficients(double t, double base_base, double input_input,
                                         double base_input) {
      constexpr double parallel_from = 1 - 1e-15;  // what rounding leaves of a cosine of 1
      constexpr double epsilon = 1e-5;
      const double norms = std::sqrt(base_base) * std::sqrt(input_input);
      const double cosine = std::clamp(norms > 0 ? base_input / norms : 0.0, 0.0, 1.0);
      if (t == 0 || t == 1 || cosine >= parallel_from) return line(t);
      const double angle = std::acos(cosine);
      const double sine = std::sin(angle + epsilon);
      return {std::sin(angle * (1 - t)) / sine, std::sin(angle * t) / sine};
    }
  };

  template <class Real>
  using kernel = two_vector_kernel<path, Real>;
};

}  // namespace tensormerge
