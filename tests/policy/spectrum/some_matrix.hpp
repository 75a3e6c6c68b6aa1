#pragma once

#include <cmath>

#include <Eigen/Core>

namespace tensormerge {

/// A matrix without structure.
inline Eigen::MatrixXd some_matrix(Eigen::Index rows, Eigen::Index columns) {
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [](Eigen::Index i, Eigen::Index j) {
    return std::sin(static_cast<double>(7 * i + 3 * j * j + i * j));
  });
}

}  // namespace tensormerge
