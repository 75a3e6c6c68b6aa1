#pragma once

#include <algorithm>
#include <cmath>

namespace tensormerge {

/// Coefficients of a weighted sum of two vectors.
struct two_coefficients {
  double first = 0;
  double second = 0;
};

/// The straight line: (1-t) a + t b.
inline two_coefficients line(double t) { return {1 - t, t}; }

/// The arc between the directions of two vectors:
/// sin((1-t)w)/sin(w) a + sin(t w)/sin(w) b, w the angle with this cosine. Ref: Shoemake 1985.
inline two_coefficients arc(double t, double cosine) {
  const double angle = std::acos(std::clamp(cosine, -1.0, 1.0));
  const double sine = std::sin(angle);
  return {std::sin((1 - t) * angle) / sine, std::sin(t * angle) / sine};
}

}  // namespace tensormerge
