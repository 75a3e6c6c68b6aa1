#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <tensormerge/dtype/convert.hpp>

#include "loops.hpp"

namespace by_hand {

using tensormerge::compute_type;
using tensormerge::load;
using tensormerge::nearest_even;

/// The inner products of two vectors.
struct products {
  double aa = 0, bb = 0, ab = 0;
};

struct coefficients {
  double a = 0, b = 0;
};

template <class Storage>
products of_models(const Storage* a, const Storage* b, std::size_t size) {
  double aa = 0, bb = 0, ab = 0;
#pragma omp simd reduction(+ : aa, bb, ab)
  for (std::size_t i = 0; i < size; ++i) {
    const double x = load<double>(a[i]), y = load<double>(b[i]);
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return {aa, bb, ab};
}

template <class Storage>
products of_changes(problem<Storage> p) {
  double aa = 0, bb = 0, ab = 0;
  const std::size_t size = p.size();
#pragma omp simd reduction(+ : aa, bb, ab)
  for (std::size_t i = 0; i < size; ++i) {
    const double base = load<double>(p.base[i]);
    const double x = load<double>(p.first[i]) - base, y = load<double>(p.second[i]) - base;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return {aa, bb, ab};
}

template <class Storage>
void mix_models(const Storage* a, const Storage* b, coefficients c, Storage* out,
                std::size_t size) {
  using real = compute_type<Storage>;
  const real of_a = static_cast<real>(c.a), of_b = static_cast<real>(c.b);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = nearest_even::store<Storage>(of_a * load<real>(a[i]) + of_b * load<real>(b[i]));
  }
}

template <class Storage>
void mix_changes(problem<Storage> p, coefficients c) {
  using real = compute_type<Storage>;
  const real of_a = static_cast<real>(c.a), of_b = static_cast<real>(c.b);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const real sum = of_a * (load<real>(p.first[i]) - base) +
                     of_b * (load<real>(p.second[i]) - base);
    p.out[i] = nearest_even::store<Storage>(base + sum);
  }
}

inline coefficients arc(double t, double cosine) {
  const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)), sine = std::sin(angle);
  return {std::sin((1 - t) * angle) / sine, std::sin(t * angle) / sine};
}

template <class Storage>
void slerp(problem<Storage> p) {
  const auto [aa, bb, ab] = of_models(p.base, p.first, p.size());
  const double cosine = ab / std::sqrt(aa * bb);
  const coefficients c =
      std::abs(cosine) > 0.9995 ? coefficients{1 - p.t, p.t} : arc(p.t, cosine);
  mix_models(p.base, p.first, c, p.out, p.size());
}

template <class Storage>
void nuslerp(problem<Storage> p) {
  const auto [aa, bb, ab] = of_changes(p);
  const double cosine = ab / std::sqrt(aa * bb);
  const bool straight = 1 - cosine * cosine < 1e-15;
  mix_changes(p, straight ? coefficients{0.5, 0.5} : arc(0.5, cosine));
}

template <class Storage>
void multislerp(problem<Storage> p) {
  constexpr double eps = 1e-8;
  const auto [aa, bb, ab] = of_changes(p);
  const double length_a = std::sqrt(aa), length_b = std::sqrt(bb);
  const double a = 0.5 / (length_a + eps), b = 0.5 / (length_b + eps);
  const double mean = std::sqrt(a * a * aa + 2 * a * b * ab + b * b * bb);
  const double scale = std::cos(eps) * (0.5 * length_a + 0.5 * length_b) / mean;
  mix_changes(p, mean < eps ? coefficients{0.5, 0.5} : coefficients{a * scale, b * scale});
}

/// Of two models the mean needs no iteration: it lies in the middle of their arc.
template <class Storage>
void karcher(problem<Storage> p) {
  const auto [aa, bb, ab] = of_models(p.first, p.second, p.size());
  const double length_a = std::sqrt(aa), length_b = std::sqrt(bb);
  const double sum = std::sqrt(2 + 2 * ab / (length_a * length_b));  // of the two directions
  const double length = (length_a + length_b) / 2;
  mix_models(p.first, p.second, {length / (sum * length_a), length / (sum * length_b)}, p.out,
             p.size());
}

template <class Storage>
void model_stock(problem<Storage> p) {
  const auto [aa, bb, ab] = of_changes(p);
  const double cosine = std::clamp(ab / std::max(std::sqrt(aa * bb), 1e-6), -1.0, 1.0);
  const double share = std::abs(1 + cosine) < 1e-6 ? 0 : cosine / (1 + cosine);
  mix_changes(p, {share, share});
}

}  // namespace by_hand
