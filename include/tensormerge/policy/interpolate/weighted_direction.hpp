#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The weighted mean of the vectors' directions, as long as the weighted mean of their norms:
/// u_i = d_i / (|d_i| + eps), mean = sum(w_i u_i),
/// out = cos(eps) * mean / |mean| * sum(w_i |d_i|).
/// The step through the tangent space at the mean, which defines the method, has length eps: the
/// weighted deviations from their own mean direction add up to nothing.
/// Two vectors whose mean direction is shorter than eps, or than rounding can tell from zero, give
/// sum(w_i d_i); more of them have no result.
/// Ref: multislerp of mergekit 0.1.5.
class weighted_direction {
 public:
  static constexpr bool of_deltas = true;
  static constexpr std::size_t scratch_bytes(std::size_t inputs) {
    return 2 * scratch::bytes_for<double>(inputs);
  }

  template <class Parameters, class InputParameters>
  weighted_direction(const Parameters& shared, std::span<const InputParameters> inputs,
                     scratch& memory)
      : weights_(memory.make<double>(inputs.size(),
                                     [&](std::size_t i) { return inputs[i].weight; })),
        reciprocals_(memory.take<double>(inputs.size())),
        eps_(shared.eps) {
    if (!shared.normalize_weights) return;
    double total = 0;
    for (const double weight : weights_) total += weight;
    for (double& weight : weights_) weight /= total;
    cancelled_ = total == 0;
  }

  const char* solve(const gram_matrix& products, std::span<double> coefficients) {
    if (cancelled_) {
      return "the weights sum to zero; change them or set normalize_weights to false";
    }
    const std::size_t n = weights_.size();
    double mean_norm = 0;
    double square = 0;  // of the mean direction's length
    double bound = 0;   // of that length
    for (std::size_t i = 0; i < n; ++i) {
      const double norm = std::sqrt(products(i, i));
      reciprocals_[i] = norm + eps_ == 0 ? 0 : 1 / (norm + eps_);
      mean_norm += weights_[i] * norm;
      bound += std::abs(weights_[i]) * norm * reciprocals_[i];
      double row = 0;
      for (std::size_t j = 0; j <= i; ++j) {
        row += (j == i ? 1 : 2) * weights_[j] * reciprocals_[j] * products(i, j);
      }
      square += weights_[i] * reciprocals_[i] * row;
    }
    constexpr double rounding = 8 * std::numeric_limits<double>::epsilon();
    if (square <= rounding * bound * bound || std::sqrt(square) < eps_) {
      if (n > 2) {
        return "the weighted directions cancel out, or all inputs equal the base; change the "
               "weights";
      }
      std::copy(weights_.begin(), weights_.end(), coefficients.begin());
      return nullptr;
    }
    const double scale = std::cos(eps_) * mean_norm / std::sqrt(square);
    for (std::size_t i = 0; i < n; ++i) coefficients[i] = weights_[i] * reciprocals_[i] * scale;
    return nullptr;
  }

 private:
  std::span<double> weights_;
  std::span<double> reciprocals_;  // of norm + eps
  double eps_;
  bool cancelled_ = false;
};

}  // namespace tensormerge
