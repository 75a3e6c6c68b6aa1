#pragma once

#include <cstddef>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/lanes.hpp>

namespace tensormerge {

/// A sum in `width` interleaved sums of `Number`, a power of two, by default as many as 64 bytes
/// hold, for a few hundred terms: of 256 floats, within twenty roundings of the exact one. It
/// vectorises without reordering, so that the result does not depend on the instruction set, where
/// the compiler contracts nothing. `bytes` are those of a vector (see lanes).
template <class Number, std::size_t width = 64 / sizeof(Number),
          std::size_t bytes = detail::vector_bytes>
class lane_sum {
 public:
  /// How many sums there are.
  static constexpr std::size_t size = width;
  /// A term for each of them.
  using block = lanes<Number, size, bytes>;

  void add(block terms) { sums_ = sums_ + terms; }

  /// Adds products that are exact in `Number`.
  void add_exact_products(block a, block b) { sums_ = add_exact(sums_, a, b); }

  /// The sum of all terms.
  double total() const { return static_cast<double>(sums_.total()); }

  /// Calls `visit(at)` for each `size` of `count` elements, where `at(values)` are those of an
  /// array, loaded; zeros follow the last.
  template <class Visitor>
  static void for_each_block(std::size_t count, Visitor visit) {
    std::size_t begin = 0;
    for (; begin + size <= count; begin += size) {
      visit([begin](const auto* values) { return whole(values + begin); });
    }
    if (begin == count) return;
    visit([begin, count](const auto* values) {
      Number last[size]{};
      for (std::size_t i = 0; begin + i < count; ++i) last[i] = load<Number>(values[begin + i]);
      return block(last);
    });
  }

 private:
  static block whole(const Number* values) { return block(values); }

  template <class Element>
  static block whole(const Element* values) {
    Number loaded[size];
    for (std::size_t i = 0; i < size; ++i) loaded[i] = load<Number>(values[i]);
    return block(loaded);
  }

  block sums_;
};

}  // namespace tensormerge
