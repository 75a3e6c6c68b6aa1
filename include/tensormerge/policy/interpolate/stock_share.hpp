#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The share of each task vector in a model stock, from the cosines between every two of them:
/// t = n c / (1 + (n - 1) c), c the mean cosine, and each of the n vectors counts t / n.
/// Where the divisor is below 1e-6 in magnitude t is 0; a product of two norms below 1e-6 counts as
/// 1e-6. Ref: Jang et al. 2024, "Model Stock" (arXiv 2403.19522); bounds of mergekit 0.1.5.
class stock_share {
 public:
  explicit stock_share(std::size_t vectors) : vectors_(static_cast<double>(vectors)) {}

  /// Two vectors with these squared norms and this inner product.
  void add_pair(double square_a, double square_b, double product) {
    constexpr double least_norms = 1e-6;
    // One root of the product: equal vectors then have a cosine of exactly 1.
    const double norms = std::max(std::sqrt(square_a * square_b), least_norms);
    cosines_ += std::clamp(product / norms, -1.0, 1.0);
  }

  /// t / n, once every two vectors were added.
  double share() const {
    constexpr double singular_below = 1e-6;
    const double cosine = cosines_ / (vectors_ * (vectors_ - 1) / 2);
    const double divisor = 1 + (vectors_ - 1) * cosine;
    return std::abs(divisor) < singular_below ? 0 : cosine / divisor;
  }

 private:
  double vectors_;
  double cosines_ = 0;
};

/// t itself of `vectors` vectors in a rounded type, `product(i, j)` their inner products: norms,
/// cosines and every number made of them are rounded.
template <class Real, class Product>
  requires is_rounded<Real>
Real rounded_stock_ratio(std::size_t vectors, Product product) {
  const Real least = static_cast<Real>(1e-6);
  const auto norm = [&](std::size_t i) { return static_cast<Real>(std::sqrt(product(i, i))); };
  accumulator<Real> cosines = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < vectors; ++i) {
    for (std::size_t j = i + 1; j < vectors; ++j, ++pairs) {
      const Real cosine = static_cast<Real>(product(i, j)) / std::max(norm(i) * norm(j), least);
      cosines += static_cast<accumulator<Real>>(std::clamp(cosine, Real{-1}, Real{1}));
    }
  }
  const Real mean = static_cast<Real>(cosines / static_cast<accumulator<Real>>(pairs));
  const accumulator<Real> count = static_cast<accumulator<Real>>(vectors);
  const Real divisor = 1 + (count - 1) * mean;
  return abs(divisor) < least ? Real{0} : count * mean / divisor;
}

/// The same share for the whole tensors, as a gram_solver.
class equal_stock_shares {
 public:
  static constexpr bool of_deltas = true;
  static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }

  template <class Parameters, class InputParameters>
  equal_stock_shares(const Parameters&, std::span<const InputParameters>, scratch&) {}

  const char* solve(const gram_matrix& products, std::span<double> coefficients) {
    stock_share stock(coefficients.size());
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        stock.add_pair(products(i, i), products(j, j), products(i, j));
      }
    }
    std::fill(coefficients.begin(), coefficients.end(), stock.share());
    return nullptr;
  }
};

}  // namespace tensormerge
