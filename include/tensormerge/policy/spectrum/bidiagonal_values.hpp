#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include <tensormerge/policy/spectrum/plane_rotations.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// Singular values of an upper bidiagonal matrix by the implicit QR algorithm.
/// Ref: Golub & Van Loan, 4th ed., section 8.6.3; sweeps without shift Demmel & Kahan 1990,
/// "Accurate singular values of bidiagonal matrices".
class bidiagonal_values {
 public:
  /// For matrices of up to `most` rows.
  static constexpr std::size_t scratch_bytes(Eigen::Index most) {
    return 2 * rotation_sweeps::scratch_bytes(most);
  }
  bidiagonal_values(Eigen::Index most, scratch& memory)
      : left_sweeps_(most, memory), right_sweeps_(most, memory) {}

  /// Turns the diagonal (n) into the singular values, in no order and of any sign, what is above it
  /// (n - 1) into zeros, and the columns of `left` (any,n) and `right` (any,n) accordingly:
  /// left * bidiagonal * right^T stays what it is.
  template <class Left, class Right>
  void find(double* diagonal, double* above, Left& left, Right& right) {
    d_ = diagonal;
    e_ = above;
    Eigen::Index last = left.cols() - 1;
    const double negligible = std::numeric_limits<double>::epsilon() * largest(last);
    // As many as LAPACK allows; a few a value are needed.
    Eigen::Index sweeps_left = 30 * (last + 1);
    while (last > 0 && sweeps_left > 0) {
      if (std::abs(e_[last - 1]) <= negligible) {
        e_[--last] = 0;
        continue;
      }
      Eigen::Index first = last - 1;
      while (first > 0 && std::abs(e_[first - 1]) > negligible) --first;
      sweep(first, last, negligible);
      --sweeps_left;
      if (left_sweeps_.is_full()) {
        left_sweeps_.apply(left);
        right_sweeps_.apply(right);
      }
    }
    left_sweeps_.apply(left);
    right_sweeps_.apply(right);
    // Not known to happen to finite numbers; it must be seen if it does.
    if (last > 0) d_[0] = std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double largest(Eigen::Index last) const {
    double most = std::abs(d_[last]);
    for (Eigen::Index i = 0; i < last; ++i) {
      most = std::max({most, std::abs(d_[i]), std::abs(e_[i])});
    }
    return most;
  }

  /// One sweep over the unreduced block first..last, from the larger to the smaller end, where the
  /// smallest values are found soonest. Upwards it is the same with rows and columns exchanged and
  /// counted from the end.
  void sweep(Eigen::Index first, Eigen::Index last, double negligible) {
    const Eigen::Index count = last - first;
    const bool down = std::abs(d_[first]) >= std::abs(d_[last]);
    const Eigen::Index from = down ? first : last, step = down ? 1 : -1;
    plane_rotation* rows = left_sweeps_.add(from, step, count);
    plane_rotation* columns = right_sweeps_.add(from, step, count);
    if (!down) std::swap(rows, columns);
    double* d = d_ + from;
    double* e = down ? e_ + from : e_ + from - 1;
    bool is_singular = false;
    for (Eigen::Index i = first; i <= last; ++i) {
      if (std::abs(d_[i]) > negligible) continue;
      d_[i] = 0;
      is_singular = true;
    }
    if (is_singular) sweep_without_shift(d, e, step, count, rows, columns);
    else sweep_with_shift(d, e, step, count, rows, columns);
  }

  /// A zero on the diagonal makes a zero at the end of both.
  static void sweep_without_shift(double* d, double* e, Eigen::Index step, Eigen::Index count,
                                  plane_rotation* rows, plane_rotation* columns) {
    plane_rotation row, column;
    for (Eigen::Index k = 0; k < count; ++k) {
      double& here = d[k * step];
      double& next = d[(k + 1) * step];
      double length = 0;
      column = columns[k] = plane_rotation::of(here * column.c, e[k * step], length);
      if (k > 0) e[(k - 1) * step] = row.s * length;
      row = rows[k] = plane_rotation::of(row.c * length, next * column.s, here);
    }
    const double end = d[count * step] * column.c;
    d[count * step] = end * row.c;
    e[(count - 1) * step] = end * row.s;
  }

  static void sweep_with_shift(double* d, double* e, Eigen::Index step, Eigen::Index count,
                               plane_rotation* rows, plane_rotation* columns) {
    const double shift = smallest_of_two(d[(count - 1) * step], e[(count - 1) * step],
                                         d[count * step]);
    const double size = std::abs(d[0]);
    double f = (size - shift) * (std::copysign(1.0, d[0]) + shift / d[0]), g = e[0];
    for (Eigen::Index k = 0; k < count; ++k) {
      double& here = d[k * step];
      double& next = d[(k + 1) * step];
      double& above = e[k * step];
      double length = 0;
      const auto [c, s] = columns[k] = plane_rotation::of(f, g, length);
      if (k > 0) e[(k - 1) * step] = length;
      f = c * here + s * above;
      above = c * above - s * here;
      g = s * next;
      next *= c;
      const auto [row_c, row_s] = rows[k] = plane_rotation::of(f, g, here);
      f = row_c * above + row_s * next;
      next = row_c * next - row_s * above;
      if (k + 1 == count) {
        above = f;
      } else {
        double& far = e[(k + 1) * step];
        g = row_s * far;
        far *= row_c;
      }
    }
  }

  /// The smaller singular value of ((f, g), (0, h)): the product of both by the larger one.
  static double smallest_of_two(double f, double g, double h) {
    const double sum = std::hypot(std::abs(f) + std::abs(h), g);
    const double difference = std::hypot(std::abs(f) - std::abs(h), g);
    const double larger = (sum + difference) / 2;
    return larger == 0 ? 0 : std::abs(f) * (std::abs(h) / larger);
  }

  rotation_sweeps left_sweeps_, right_sweeps_;
  double *d_ = nullptr, *e_ = nullptr;
};

}  // namespace tensormerge
