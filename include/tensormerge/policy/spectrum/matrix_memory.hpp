#pragma once

#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// Matrices of doubles, by columns, and vectors in memory that a caller lends.
using matrix_map = Eigen::Map<Eigen::MatrixXd>;
using const_matrix_map = Eigen::Map<const Eigen::MatrixXd>;
using vector_map = Eigen::Map<Eigen::VectorXd>;
using const_vector_map = Eigen::Map<const Eigen::VectorXd>;

/// Bytes of scratch memory that take_matrix takes.
constexpr std::size_t matrix_bytes(Eigen::Index rows, Eigen::Index columns) {
  constexpr std::size_t cache_line = 64;
  return scratch::bytes_for<double>(
      static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), cache_line);
}

/// Memory for a matrix of up to rows * columns elements.
inline double* take_matrix(Eigen::Index rows, Eigen::Index columns, scratch& memory) {
  constexpr std::size_t cache_line = 64;
  return memory
      .take<double>(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), cache_line)
      .data();
}

}  // namespace tensormerge
