#pragma once

#include <algorithm>
#include <cmath>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/interpolate/arc.hpp>
#include <tensormerge/policy/interpolate/spherical.hpp>

namespace tensormerge {

/// How two elements are interpolated on the sphere: first * a + second * b.
template <class Real>
struct spherical_mix {
  Real first{};
  Real second{};

  static spherical_mix of(double t, double first_first, double second_second,
                          double first_second) {
    const two_coefficients c = spherical(t, first_first, second_second, first_second);
    return {static_cast<Real>(c.first), static_cast<Real>(c.second)};
  }

  Real operator()(Real a, Real b) const { return first * a + second * b; }
};

/// The same in a rounded type: lengths, cosine, angle and sines are rounded, and the sum is divided
/// by the angle's sine, which a straight line has none of. The cosine is that of directions whose
/// elements are rounded too, which takes their lengths first.
template <class Real>
  requires is_rounded<Real>
struct spherical_mix<Real> {
  accumulator<Real> first{};  // not always of the rounded type: a straight line's are scalars
  accumulator<Real> second{};
  Real divisor = 1;

  static Real length(double square) {
    return std::max(static_cast<Real>(std::sqrt(square)), static_cast<Real>(1e-7));
  }

  static spherical_mix of(double t, double sum_of_products) {
    const Real least_distance = static_cast<Real>(1e-16);
    const Real cosine = std::clamp(static_cast<Real>(sum_of_products), Real{-1}, Real{1});
    if (1 - cosine * cosine <= least_distance) {
      const two_coefficients c = line(t);
      return {scalar(c.first), scalar(c.second), 1};
    }
    const Real angle = in_float(cosine, [](float x) { return std::acos(x); });
    const auto sine = [](Real x) { return in_float(x, [](float y) { return std::sin(y); }); };
    return {static_cast<float>(sine(scalar(1 - t) * angle)),
            static_cast<float>(sine(scalar(t) * angle)), sine(angle)};
  }

  Real operator()(Real a, Real b) const {
    return (first * a + second * b) / divisor;
  }

 private:
  static float scalar(double x) { return static_cast<float>(x); }

  template <class Function>
  static Real in_float(Real x, Function function) {
    return static_cast<Real>(function(static_cast<float>(x)));
  }
};

}  // namespace tensormerge
