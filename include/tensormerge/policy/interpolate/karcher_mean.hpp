#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The Riemannian mean of the vectors' directions on the unit sphere, as long as the mean of their
/// norms. Each step goes along the mean of the logarithms of the directions at the current point:
/// tangent = mean(angle_i / sin(angle_i) * (u_i - cos(angle_i) m)), m <- exp_m(tangent), until the
/// step is shorter than `tol` or `max_iter` steps are done.
/// Every point is a combination of the directions u_i, so the iteration runs on their n
/// coefficients; lengths and angles follow from the n x n cosines.
/// Vectors with a norm up to `tol` count in the mean norm only; without others the result is zero.
/// Ref: Karcher 1977, "Riemannian center of mass"; starting point and tests of mergekit 0.1.5.
class karcher_mean {
 public:
  static constexpr bool of_deltas = false;
  static constexpr std::size_t scratch_bytes(std::size_t inputs) {
    return scratch::bytes_for<double>(inputs * inputs) + 4 * scratch::bytes_for<double>(inputs);
  }

  template <class Parameters, class InputParameters>
  karcher_mean(const Parameters& shared, std::span<const InputParameters> inputs, scratch& memory)
      : max_iter_(shared.max_iter),
        tol_(shared.tol),
        cosines_(memory.take<double>(inputs.size() * inputs.size())),
        norms_(memory.take<double>(inputs.size())),
        point_(memory.take<double>(inputs.size())),
        tangent_(memory.take<double>(inputs.size())),
        product_(memory.take<double>(inputs.size())) {}

  const char* solve(const gram_matrix& products, std::span<double> coefficients) {
    const std::size_t n = coefficients.size();
    std::size_t directions = 0;
    double mean_norm = 0;
    for (std::size_t i = 0; i < n; ++i) {
      norms_[i] = std::sqrt(products(i, i));
      mean_norm += norms_[i] / static_cast<double>(n);
      directions += counts(i) ? 1 : 0;
    }
    if (!std::isfinite(mean_norm) || directions == 0) {
      // Zero, or what is not finite carried on.
      std::fill(coefficients.begin(), coefficients.end(), mean_norm - mean_norm);
      return nullptr;
    }
    fill_cosines(products);
    find_start(1 / static_cast<double>(directions));
    for (std::int64_t step = 0; step < max_iter_; ++step) {
      if (!move(1 / static_cast<double>(directions))) break;
    }
    for (std::size_t i = 0; i < n; ++i) {
      coefficients[i] = counts(i) ? mean_norm * point_[i] / norms_[i] : 0;
    }
    return nullptr;
  }

 private:
  bool counts(std::size_t i) const { return norms_[i] > tol_; }

  void fill_cosines(const gram_matrix& products) {
    const std::size_t n = norms_.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        // One root of the product: equal vectors then have a cosine of exactly 1.
        const double cosine = counts(i) && counts(j)
                                  ? products(i, j) / std::sqrt(products(i, i) * products(j, j))
                                  : 0;
        cosines_[i * n + j] = cosines_[j * n + i] = cosine;
      }
    }
  }

  /// product_ = cosines * combination: the inner products of a combination with every direction.
  void multiply(std::span<const double> combination) {
    const std::size_t n = norms_.size();
    for (std::size_t i = 0; i < n; ++i) {
      product_[i] = dot(cosines_.data() + i * n, combination.data(), n);
    }
  }

  double length(std::span<const double> combination) {
    multiply(combination);
    return std::sqrt(std::max(0.0, dot(combination.data(), product_.data(), combination.size())));
  }

  void find_start(double share) {
    std::size_t first = norms_.size();
    for (std::size_t i = norms_.size(); i-- > 0;) {
      if (counts(i)) first = i;
      point_[i] = counts(i) ? share : 0;
    }
    const double norm = length(point_);
    if (norm < tol_ || norm == 0) {
      std::fill(point_.begin(), point_.end(), 0.0);
      point_[first] = 1;
    } else {
      for (double& coefficient : point_) coefficient /= norm;
    }
  }

  /// One step; false where it is too short to be made.
  bool move(double share) {
    multiply(point_);
    double back = 0;  // coefficient of the current point in the tangent
    for (std::size_t i = 0; i < norms_.size(); ++i) {
      tangent_[i] = 0;
      if (!counts(i)) continue;
      const double cosine = std::clamp(product_[i], -1.0, 1.0);
      const double angle = std::acos(cosine);
      // An opposite direction has no logarithm that rounding could find.
      constexpr double opposite = 1e-14;
      if (angle < tol_ || angle == 0 || 1 + cosine < opposite) continue;
      tangent_[i] = share * angle / std::sin(angle);
      back += tangent_[i] * cosine;
    }
    for (std::size_t i = 0; i < norms_.size(); ++i) tangent_[i] -= back * point_[i];
    const double step = length(tangent_);
    if (step < tol_ || step == 0) return false;
    for (std::size_t i = 0; i < norms_.size(); ++i) {
      point_[i] = std::cos(step) * point_[i] + std::sin(step) / step * tangent_[i];
    }
    const double norm = length(point_);
    if (norm > tol_) {
      for (double& coefficient : point_) coefficient /= norm;
    }
    return true;
  }

  std::int64_t max_iter_;
  double tol_;
  std::span<double> cosines_;  // (n,n)
  std::span<double> norms_;
  std::span<double> point_;  // in coefficients of the directions, as tangent_
  std::span<double> tangent_;
  std::span<double> product_;
};

}  // namespace tensormerge
