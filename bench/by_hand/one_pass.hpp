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

template <class Storage>
void linear(problem<Storage> p) {
  using real = compute_type<Storage>;
  const real weight = static_cast<real>(p.weight / (p.weight + p.weight));
  for (std::size_t i = 0; i < p.size(); ++i) {
    const real sum = weight * load<real>(p.first[i]) + weight * load<real>(p.second[i]);
    p.out[i] = nearest_even::store<Storage>(sum);
  }
}

template <class Storage>
void task_arithmetic(problem<Storage> p) {
  using real = compute_type<Storage>;
  const real weight = static_cast<real>(p.weight);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const real sum =
        weight * (load<real>(p.first[i]) - base) + weight * (load<real>(p.second[i]) - base);
    p.out[i] = nearest_even::store<Storage>(base + sum);
  }
}

template <class Storage>
void ram(problem<Storage> p) {
  using real = compute_type<Storage>;
  const real unchanged_to = static_cast<real>(p.ram_epsilon);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]);
    const real a = load<real>(p.first[i]) - base, b = load<real>(p.second[i]) - base;
    const bool has_a = std::abs(a) > unchanged_to, has_b = std::abs(b) > unchanged_to;
    const real sum = (has_a ? a : real{0}) + (has_b ? b : real{0});
    p.out[i] = nearest_even::store<Storage>(base + (has_a && has_b ? sum / 2 : sum));
  }
}

template <class Storage>
void nearswap(problem<Storage> p) {
  using real = compute_type<Storage>;
  const real t = static_cast<real>(p.nearswap_t), least = static_cast<real>(1e-6);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const real base = load<real>(p.base[i]), other = load<real>(p.first[i]);
    const real share = std::min(t / std::max(std::abs(base - other), least), real{1});
    p.out[i] = nearest_even::store<Storage>(share * other + (1 - share) * base);
  }
}

template <class Storage>
void passthrough(problem<Storage> p) {
  using real = compute_type<Storage>;
  const real scale = static_cast<real>(p.scale);
  for (std::size_t i = 0; i < p.size(); ++i) {
    p.out[i] = nearest_even::store<Storage>(scale * load<real>(p.first[i]));
  }
}

}  // namespace by_hand
