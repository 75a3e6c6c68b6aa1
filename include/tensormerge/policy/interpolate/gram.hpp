#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The inner products of every two of `n` vectors: a symmetric matrix of which the lower triangle
/// is held, summed exactly, block by block.
class gram_matrix {
 public:
  static constexpr std::size_t entries(std::size_t n) { return n * (n + 1) / 2; }
  static constexpr std::size_t scratch_bytes(std::size_t n) {
    return scratch::bytes_for<exact_sum>(entries(n));
  }

  gram_matrix(std::size_t n, scratch& memory)
      : n_(n), sums_(memory.take<exact_sum>(entries(n))) {}

  /// Adds the inner products of a block: vector `i` has `count` elements at
  /// `vectors[i] + begin`, in the compute type `Real` or as they are stored.
  template <class Real, class Element = Real>
  void add(std::span<const std::type_identity_t<Element>* const> vectors, std::size_t begin,
           std::size_t count) {
    const std::size_t added = add_first_two<Real, Element>(vectors, nullptr, begin, count);
    for (std::size_t i = added, entry = entries(added); i < n_; ++i) {
      for (std::size_t j = 0; j <= i; ++j, ++entry) {
        sums_[entry].add(dot(vectors[i] + begin, vectors[j] + begin, count));
      }
    }
  }

  /// The same of the vectors' differences from `base`: products of differences, since differences
  /// of products would cancel.
  template <class Real, class Element = Real>
  void add_deltas(std::span<const std::type_identity_t<Element>* const> vectors,
                  const std::type_identity_t<Element>* base, std::size_t begin,
                  std::size_t count) {
    const std::size_t added = add_first_two<Real, Element>(vectors, base, begin, count);
    for (std::size_t i = added, entry = entries(added); i < n_; ++i) {
      for (std::size_t j = 0; j <= i; ++j, ++entry) {
        sums_[entry].add(
            dot_of_deltas(vectors[i] + begin, vectors[j] + begin, base + begin, count));
      }
    }
  }

  void combine(const gram_matrix& other) {
    for (std::size_t entry = 0; entry < sums_.size(); ++entry) {
      sums_[entry].combine(other.sums_[entry]);
    }
  }

  void clear() {
    for (exact_sum& sum : sums_) sum = {};
  }

  double operator()(std::size_t i, std::size_t j) const {
    return i >= j ? sums_[i * (i + 1) / 2 + j].value() : (*this)(j, i);
  }

 private:
  /// Adds the products of an only pair of vectors together, since most merges are of two. Returns
  /// how many vectors are done.
  template <class Real, class Element>
  std::size_t add_first_two(std::span<const Element* const> vectors, const Element* base,
                            std::size_t begin, std::size_t count) {
    if (n_ != 2) return 0;
    const products_of_two products =
        dots_of_two<Real>(vectors[0] + begin, vectors[1] + begin,
                          base == nullptr ? nullptr : base + begin, count);
    sums_[0].add(products.first_first);
    sums_[1].add(products.first_second);
    sums_[2].add(products.second_second);
    return 2;
  }

  std::size_t n_;
  std::span<exact_sum> sums_;
};

}  // namespace tensormerge
