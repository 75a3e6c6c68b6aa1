#pragma once

#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/dtype/rounded.hpp>

namespace tensormerge {

/// A sum in interleaved sums of `Number`, as many as 64 bytes hold, for a few hundred terms: of 256
/// floats, within twenty roundings of the exact one. It vectorises without reordering, so that the
/// result does not depend on the instruction set, where the compiler contracts nothing.
template <class Number>
class lane_sum {
 public:
  static constexpr std::size_t lanes = 64 / sizeof(Number);
  using block = Eigen::Array<Number, static_cast<int>(lanes), 1>;

  void add(const block& terms) { sums_ += terms; }

  double total() const { return sum_of(sums_); }

  /// Calls `visit(at)` for each `lanes` of `count` elements, where `at(values)` are those of an
  /// array, loaded; zeros follow the last.
  template <class Visitor>
  static void for_each_block(std::size_t count, Visitor visit) {
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
      visit([i](const auto* values) { return whole(values + i); });
    }
    if (i == count) return;
    visit([i, count](const auto* values) {
      block last = block::Zero();
      for (std::size_t lane = 0; i + lane < count; ++lane) {
        last[static_cast<Eigen::Index>(lane)] = load<Number>(values[i + lane]);
      }
      return last;
    });
  }

 private:
  /// By adding halves to each other.
  template <int size>
  static double sum_of(const Eigen::Array<Number, size, 1>& values) {
    if constexpr (size == 1) {
      return static_cast<double>(values[0]);
    } else {
      constexpr int half = size / 2;
      return sum_of<half>(values.template head<half>() + values.template tail<half>());
    }
  }

  static auto whole(const Number* values) { return Eigen::Map<const block>(values); }

  template <class Element>
  static block whole(const Element* values) {
    block loaded;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      loaded[static_cast<Eigen::Index>(lane)] = load<Number>(values[lane]);
    }
    return loaded;
  }

  block sums_ = block::Zero();
};

}  // namespace tensormerge
