#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/matrix_memory.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The rotation that takes (f, g) to (length, 0): c f + s g = length, c g - s f = 0.
struct plane_rotation {
  double c = 1, s = 0;

  /// Ref: Golub & Van Loan, 4th ed., section 5.1.8.
  static plane_rotation of(double f, double g, double& length) {
    if (g == 0) {
      length = f;
      return {};
    }
    // Squares of numbers below would lose digits.
    constexpr double least = 1e-140, up = 1e150;
    if (std::max(std::abs(f), std::abs(g)) < least) {
      const plane_rotation same = of(f * up, g * up, length);
      length /= up;
      return same;
    }
    length = std::sqrt(f * f + g * g);
    return {f / length, g / length};
  }
};

/// Sweeps of rotations of neighbouring columns that wait to be applied to a matrix together: some
/// rows at a time, which stay in the cache meanwhile.
/// Ref: Van Zee, van de Geijn & Quintana-Ortí 2014, "Restructuring the tridiagonal and bidiagonal
/// QR algorithms for performance".
class rotation_sweeps {
  static constexpr Eigen::Index rows_at_once = 32, most_sweeps = 128;

 public:
  /// For matrices of up to `most` columns.
  static constexpr std::size_t scratch_bytes(Eigen::Index most) {
    return scratch::bytes_for<plane_rotation>(static_cast<std::size_t>(most * most_sweeps)) +
           matrix_bytes(rows_at_once, most);
  }
  rotation_sweeps(Eigen::Index most, scratch& memory)
      : most_(most),
        rotations_(
            memory.take<plane_rotation>(static_cast<std::size_t>(most * most_sweeps)).data()),
        rows_(take_matrix(rows_at_once, most, memory)) {}

  bool is_full() const { return sweeps_ == most_sweeps; }

  /// Begins a sweep of `count` rotations; the k-th takes the columns first + k * step and
  /// first + (k + 1) * step to c * one + s * other and c * other - s * one. Returns the rotations,
  /// to be filled in.
  plane_rotation* add(Eigen::Index first, Eigen::Index step, Eigen::Index count) {
    sweep_[sweeps_] = {first, step, count};
    return rotations_ + most_ * sweeps_++;
  }

  /// Rotates the matrix's columns, and forgets the rotations.
  template <class Matrix>
  void apply(Matrix& matrix) {
    for (Eigen::Index row = 0; row < matrix.rows() && sweeps_ > 0; row += rows_at_once) {
      const Eigen::Index count = std::min(rows_at_once, matrix.rows() - row);
      Eigen::Map<Eigen::Matrix<double, rows_at_once, Eigen::Dynamic>, Eigen::Aligned64> some(
          rows_, rows_at_once, matrix.cols());
      some.topRows(count) = matrix.middleRows(row, count);
      for (Eigen::Index i = 0; i < sweeps_; ++i) rotate(some, sweep_[i], rotations_ + most_ * i);
      matrix.middleRows(row, count) = some.topRows(count);
    }
    sweeps_ = 0;
  }

 private:
  struct sweep {
    Eigen::Index first, step, count;
  };

  template <class Rows>
  static void rotate(Rows& rows, const sweep& which, const plane_rotation* rotations) {
    Eigen::Index column = which.first;
    Eigen::Array<double, rows_at_once, 1> carried = rows.col(column);
    for (Eigen::Index k = 0; k < which.count; ++k, column += which.step) {
      const auto [c, s] = rotations[k];
      const Eigen::Array<double, rows_at_once, 1> next = rows.col(column + which.step);
      rows.col(column) = c * carried + s * next;
      carried = c * next - s * carried;
    }
    rows.col(column) = carried;
  }

  Eigen::Index most_;
  Eigen::Index sweeps_ = 0;
  sweep sweep_[most_sweeps];
  plane_rotation* rotations_;
  double* rows_;
};

}  // namespace tensormerge
