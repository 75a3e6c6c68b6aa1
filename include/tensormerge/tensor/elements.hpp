#pragma once

#include <cstddef>

#include <Eigen/Core>

namespace tensormerge {

/// `count` elements in memory as an Eigen array, for arithmetic element by element.
template <class Real>
auto elements(const Real* data, std::size_t count) {
  return Eigen::Map<const Eigen::Array<Real, Eigen::Dynamic, 1>>(
      data, static_cast<Eigen::Index>(count));
}
template <class Real>
auto elements(Real* data, std::size_t count) {
  return Eigen::Map<Eigen::Array<Real, Eigen::Dynamic, 1>>(data, static_cast<Eigen::Index>(count));
}

}  // namespace tensormerge
