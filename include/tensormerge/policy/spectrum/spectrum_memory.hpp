#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/matrix_memory.hpp>
#include <tensormerge/policy/spectrum/thin_svd.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// What merging the singular directions of matrices (rows,columns) works in: a decomposition, the
/// merged matrix, and as many pairs of directions of several matrices as an update sets aside.
class spectrum_memory {
 public:
  struct extents {
    Eigen::Index rows = 0, columns = 0, directions = 0;

    Eigen::Index shorter() const { return std::min(rows, columns); }
    /// Of the matrix, its left and its right directions, which are all decomposed.
    Eigen::Index longest() const { return std::max({rows, columns, directions}); }
    Eigen::Index shortest() const {
      return std::max({shorter(), std::min(rows, directions), std::min(columns, directions)});
    }
  };

  static std::size_t scratch_bytes(const extents& of) {
    return thin_svd::scratch_bytes(of.longest(), of.shortest()) +
           matrix_bytes(of.rows, of.columns) + matrix_bytes(of.rows, of.directions) +
           matrix_bytes(of.columns, of.directions) + matrix_bytes(of.directions, 1) +
           matrix_bytes(of.shorter(), 1) + matrix_bytes(of.columns, columns_at_once);
  }
  spectrum_memory(const extents& of, scratch& memory)
      : svd(of.longest(), of.shortest(), memory),
        merged(take_matrix(of.rows, of.columns, memory), of.rows, of.columns),
        left(take_matrix(of.rows, of.directions, memory), of.rows, of.directions),
        right(take_matrix(of.columns, of.directions, memory), of.columns, of.directions),
        strengths(take_matrix(of.directions, 1, memory), of.directions),
        ratios(take_matrix(of.shorter(), 1, memory), of.shorter()),
        some(take_matrix(of.columns, columns_at_once, memory), of.columns, columns_at_once) {}

  static constexpr Eigen::Index columns_at_once = 96;

  thin_svd svd;
  matrix_map merged;     // (rows,columns)
  matrix_map left;       // (rows,directions)
  matrix_map right;      // (columns,directions)
  vector_map strengths;  // (directions)
  vector_map ratios;     // (min(rows,columns))
  matrix_map some;       // (columns,columns_at_once)
};

}  // namespace tensormerge
