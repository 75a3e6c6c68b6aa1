#pragma once

#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>

namespace tensormerge {

/// Elements of a task vector: a fine-tuned model's weights less the base's. A type of its own, so
/// that what is defined on task vectors (sparsifiers, sign votes) cannot be given weights.
template <class Real>
struct delta_block {
  std::span<Real> values;

  std::size_t size() const { return values.size(); }
  Real& operator[](std::size_t i) const { return values[i]; }
};

/// The task vector of `weights`, in the compute type or as they are stored, from `base`, whose
/// elements are Real; both have `into.size()` elements.
template <class Element, class Base, class Real>
void take_delta(const Element* weights, const Base& base, delta_block<Real> into) {
  for (std::size_t i = 0; i < into.size(); ++i) into[i] = load<Real>(weights[i]) - base[i];
}

}  // namespace tensormerge
