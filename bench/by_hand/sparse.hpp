#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/policy/random/bernoulli.hpp>
#include <tensormerge/policy/random/element_bits.hpp>

#include "loops.hpp"

namespace by_hand {

using tensormerge::compute_type;
using tensormerge::load;
using tensormerge::nearest_even;

/// The largest of some magnitudes: those above `magnitude`, and of those equal to it the ones with
/// an index in a range.
template <class Real>
struct largest {
  Real magnitude;
  std::uint32_t first, end;

  bool has(Real x, std::uint32_t i) const {
    const Real size = std::abs(x);
    return size > magnitude || (size == magnitude && i >= first && i < end);
  }
};

/// The `wanted` largest of `size` magnitudes; equal ones by their index. `magnitude_of(i)` makes
/// them.
template <class Real, class MagnitudeOf>
largest<Real> find_largest(std::size_t size, std::size_t wanted, bool lowest_index_first,
                           MagnitudeOf magnitude_of) {
  static std::vector<Real> working;
  working.resize(size);
  for (std::size_t i = 0; i < size; ++i) working[i] = magnitude_of(i);
  const auto last = working.begin() + static_cast<std::ptrdiff_t>(wanted) - 1;
  std::nth_element(working.begin(), last, working.end(), std::greater<>());
  const Real magnitude = *last;
  std::ptrdiff_t places = 1 + std::count(working.begin(), last, magnitude);
  const std::uint32_t end = static_cast<std::uint32_t>(size);
  std::uint32_t i = lowest_index_first ? 0 : end;
  while (places > 0) {
    if (!lowest_index_first) --i;
    places -= magnitude_of(i) == magnitude ? 1 : 0;
    if (lowest_index_first) ++i;
  }
  return lowest_index_first ? largest<Real>{magnitude, 0, i} : largest<Real>{magnitude, i, end};
}

/// What is left of two weighted changes: those with the sign of their sum. By a product instead of
/// a choice between comparisons, so that loops of it vectorise.
template <class Real>
struct elected {
  Real sum, weight;

  elected(Real a, Real b, Real weight_a, Real weight_b) {
    const Real sign = a + b >= 0 ? Real{1} : Real{-1};
    const bool has_a = sign * a > 0, has_b = sign * b > 0;
    sum = (has_a ? a : Real{0}) + (has_b ? b : Real{0});
    weight = (has_a ? weight_a : Real{0}) + (has_b ? weight_b : Real{0});
  }

  Real mean() const { return sum / (weight == 0 ? Real{1} : weight); }
};

template <class Storage>
auto magnitudes_of_change(const Storage* model, const Storage* base) {
  using real = compute_type<Storage>;
  return [=](std::size_t i) { return std::abs(load<real>(model[i]) - load<real>(base[i])); };
}

template <class Storage>
void ties(problem<Storage> p) {
  using real = compute_type<Storage>;
  const std::size_t kept = static_cast<std::size_t>(p.density * static_cast<double>(p.size()));
  const auto of = [&](const Storage* model) {
    return find_largest<real>(p.size(), kept, true, magnitudes_of_change(model, p.base));
  };
  const largest<real> large_a = of(p.first), large_b = of(p.second);
  const real weight = static_cast<real>(p.weight);
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const real a = load<real>(p.first[i]) - base, b = load<real>(p.second[i]) - base;
    const elected<real> vote(large_a.has(a, i) ? weight * a : real{0},
                             large_b.has(b, i) ? weight * b : real{0}, weight, weight);
    p.out[i] = nearest_even::store<Storage>(base + vote.mean());
  }
}

template <class Storage>
void breadcrumbs(problem<Storage> p) {
  using real = compute_type<Storage>;
  const double size = static_cast<double>(p.size());
  const std::size_t outliers = static_cast<std::size_t>(p.gamma * size);
  const std::size_t kept = static_cast<std::size_t>(p.density * size);
  const auto of = [&](const Storage* model, std::size_t wanted) {
    return find_largest<real>(p.size(), wanted, false, magnitudes_of_change(model, p.base));
  };
  const largest<real> kept_a = of(p.first, kept + outliers), top_a = of(p.first, outliers);
  const largest<real> kept_b = of(p.second, kept + outliers), top_b = of(p.second, outliers);
  const real weight = static_cast<real>(p.weight);
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const real a = load<real>(p.first[i]) - base, b = load<real>(p.second[i]) - base;
    const real sum = (kept_a.has(a, i) && !top_a.has(a, i) ? weight * a : real{0}) +
                     (kept_b.has(b, i) && !top_b.has(b, i) ? weight * b : real{0});
    p.out[i] = nearest_even::store<Storage>(base + sum);
  }
}

/// The models differ most where the two are farthest apart.
template <class Storage>
void sce(problem<Storage> p) {
  using real = compute_type<Storage>;
  const auto distance = magnitudes_of_change(p.first, p.second);
  std::size_t varied = 0;
  for (std::size_t i = 0; i < p.size(); ++i) varied += distance(i) != 0 ? 1 : 0;
  const std::size_t wanted = static_cast<std::size_t>(static_cast<float>(varied) *
                                                      static_cast<float>(p.select_topk));
  const largest<real> kept = find_largest<real>(p.size(), wanted, true, distance);
  double squares_a = 0, squares_b = 0;
#pragma omp simd reduction(+ : squares_a, squares_b)
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    const double base = load<double>(p.base[i]);
    const bool has = kept.has(distance(i), i);
    const double a = has ? load<double>(p.first[i]) - base : 0;
    const double b = has ? load<double>(p.second[i]) - base : 0;
    squares_a += a * a;
    squares_b += b * b;
  }
  const real weight_a = static_cast<real>(squares_a / (squares_a + squares_b));
  const real weight_b = static_cast<real>(squares_b / (squares_a + squares_b));
  const real least_weight = static_cast<real>(1e-6);
  for (std::uint32_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const bool has = kept.has(distance(i), i);
    const real a = has ? load<real>(p.first[i]) - base : 0;
    const real b = has ? load<real>(p.second[i]) - base : 0;
    const real sign = a + b >= 0 ? real{1} : real{-1};  // the vote is not weighted
    const bool has_a = sign * a > 0, has_b = sign * b > 0;
    const real sum = (has_a ? weight_a * a : real{0}) + (has_b ? weight_b * b : real{0});
    const real weight = (has_a ? weight_a : real{0}) + (has_b ? weight_b : real{0});
    p.out[i] = nearest_even::store<Storage>(base + sum / std::max(weight, least_weight));
  }
}

/// Numbers are drawn for so many elements at once.
constexpr std::size_t drawn_together = tensormerge::block_elements;

/// A block of a model's change, and of ones where it is kept and zeros elsewhere.
template <class Real>
struct drawn_block {
  std::array<Real, drawn_together> change, kept;

  template <class Storage>
  void take_change(const Storage* model, const Storage* base, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) change[i] = load<Real>(model[i]) - load<Real>(base[i]);
  }
};

/// What gives the kept elements the sum of magnitudes that all had.
template <class Real>
struct rescaling {
  double all = 0, kept = 0;

  void add(const drawn_block<Real>& block, std::size_t size) {
    Real of_all = 0, of_kept = 0;
#pragma omp simd reduction(+ : of_all, of_kept)
    for (std::size_t i = 0; i < size; ++i) {
      of_all += std::abs(block.change[i]);
      of_kept += std::abs(block.change[i]) * block.kept[i];
    }
    all += static_cast<double>(of_all);
    kept += static_cast<double>(of_kept);
  }

  Real factor() const { return static_cast<Real>(kept < 1e-7 ? 1 : all / kept); }
};

/// Numbers are drawn twice, before and after the factors are known, instead of being kept: memory
/// does not grow with the tensor. `mix(a, b)` makes the change of two.
template <class Storage, class Mix>
void dare(problem<Storage> p, Mix mix) {
  using real = compute_type<Storage>;
  const tensormerge::bernoulli draws_a(p.density, p.random_key, 0),
      draws_b(p.density, p.random_key, 1);
  drawn_block<real> a, b;
  const auto take = [&](std::size_t begin, std::size_t size) {
    a.take_change(p.first + begin, p.base + begin, size);
    b.take_change(p.second + begin, p.base + begin, size);
    draws_a.draw(begin, size, a.kept.data());
    draws_b.draw(begin, size, b.kept.data());
  };
  rescaling<real> sums_a, sums_b;
  for (std::size_t begin = 0; begin < p.size(); begin += drawn_together) {
    const std::size_t size = std::min(drawn_together, p.size() - begin);
    take(begin, size);
    sums_a.add(a, size);
    sums_b.add(b, size);
  }
  const real factor_a = static_cast<real>(p.weight) * sums_a.factor();
  const real factor_b = static_cast<real>(p.weight) * sums_b.factor();
  for (std::size_t begin = 0; begin < p.size(); begin += drawn_together) {
    const std::size_t size = std::min(drawn_together, p.size() - begin);
    take(begin, size);
    for (std::size_t i = 0; i < size; ++i) {
      const real change = mix(factor_a * (a.kept[i] * a.change[i]),
                              factor_b * (b.kept[i] * b.change[i]));
      p.out[begin + i] = nearest_even::store<Storage>(load<real>(p.base[begin + i]) + change);
    }
  }
}

template <class Storage>
void dare_linear(problem<Storage> p) {
  dare(p, [](auto a, auto b) { return a + b; });
}

template <class Storage>
void dare_ties(problem<Storage> p) {
  dare(p, [](auto a, auto b) { return elected(a, b, decltype(a){}, decltype(a){}).sum; });
}

/// The changes of one model in a row, and how probably each is kept: by its place among their
/// magnitudes, of which the first eight significant bits count.
template <class Real>
class ranked_row {
 public:
  template <class Storage>
  ranked_row(const problem<Storage>& p, std::uint32_t model)
      : bits_(p.random_key, model),
        lowest_((p.density - p.della_epsilon) * 0x1p16),
        step_(2 * p.della_epsilon / static_cast<double>(p.columns - 1) * 0x1p16),
        change_(p.columns) {}

  template <class Storage>
  void take(const Storage* model, const Storage* base) {
    Real top = 0;
    for (std::size_t i = 0; i < change_.size(); ++i) {
      change_[i] = load<Real>(model[i]) - load<Real>(base[i]);
    }
#pragma omp simd reduction(max : top)
    for (std::size_t i = 0; i < change_.size(); ++i) top = std::max(top, std::abs(change_[i]));
    const std::uint32_t highest = digits(top);
    least_ = highest > last_bin ? highest - last_bin : 0;
    places_.fill(0);
    for (const Real x : change_) ++places_[bin(x)];
    std::uint32_t smaller = 0;
    for (std::uint32_t& place : places_) {
      const std::uint32_t here = place;
      place = smaller;
      smaller += here;
    }
  }

  /// `size` elements from the column `begin` on, whose index among all that draw is `first`; to be
  /// asked in the order of the columns.
  void draw(std::uint64_t first, std::size_t begin, std::size_t size, drawn_block<Real>& into) {
    std::array<std::uint32_t, drawn_together> drawn, bins, place;
    bits_.first_bits(first, drawn);
    for (std::size_t i = 0; i < size; ++i) bins[i] = bin(change_[begin + i]);
    for (std::size_t i = 0; i < size; ++i) place[i] = places_[bins[i]]++;
    const auto limit = [&](std::size_t i) {
      return lowest_ + step_ * static_cast<double>(place[i]);
    };
    std::int32_t open = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::int32_t units = static_cast<std::int32_t>(limit(i));
      const std::int32_t number = static_cast<std::int32_t>(drawn[i]);
      into.change[i] = change_[begin + i];
      into.kept[i] = number < units ? Real{1} : Real{0};
      open |= number == units ? 1 : 0;
    }
    for (std::size_t i = 0; open != 0 && i < size; ++i) {
      const double rest = limit(i) - static_cast<double>(drawn[i]);
      if (rest < 0 || rest >= 1) continue;
      const double more = static_cast<double>(bits_.more_bits(first + i)) * 0x1p-32;
      into.kept[i] = more < rest ? Real{1} : Real{0};
    }
  }

 private:
  static constexpr std::uint32_t last_bin = 2047;

  static std::uint32_t digits(Real x) {
    if constexpr (sizeof(Real) == 4) return std::bit_cast<std::uint32_t>(std::abs(x)) >> 16;
    else return static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(std::abs(x)) >> 45);
  }
  std::uint32_t bin(Real x) const { return std::max(digits(x), least_) - least_; }

  tensormerge::element_bits bits_;
  double lowest_, step_;  // in units of 2^-16
  std::vector<Real> change_;
  std::uint32_t least_ = 0;
  std::array<std::uint32_t, last_bin + 1> places_;
};

/// Ranks and numbers are made twice, as those of dare are.
template <class Storage>
void della(problem<Storage> p) {
  using real = compute_type<Storage>;
  ranked_row<real> row_a(p, 0), row_b(p, 1);
  drawn_block<real> a, b;
  const auto for_each_block = [&](auto visit) {
    std::uint64_t first = 0;
    for (std::size_t row = 0; row < p.size(); row += p.columns) {
      row_a.take(p.first + row, p.base + row);
      row_b.take(p.second + row, p.base + row);
      for (std::size_t column = 0; column < p.columns; column += drawn_together) {
        const std::size_t size = std::min(drawn_together, p.columns - column);
        row_a.draw(first, column, size, a);
        row_b.draw(first, column, size, b);
        visit(row + column, size);
        first += drawn_together;
      }
    }
  };
  rescaling<real> sums_a, sums_b;
  for_each_block([&](std::size_t, std::size_t size) {
    sums_a.add(a, size);
    sums_b.add(b, size);
  });
  const real weight = static_cast<real>(p.weight);
  const real factor_a = weight * sums_a.factor(), factor_b = weight * sums_b.factor();
  for_each_block([&](std::size_t begin, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const elected<real> vote(factor_a * (a.kept[i] * a.change[i]),
                               factor_b * (b.kept[i] * b.change[i]), weight, weight);
      p.out[begin + i] = nearest_even::store<Storage>(load<real>(p.base[begin + i]) + vote.mean());
    }
  });
}

}  // namespace by_hand
