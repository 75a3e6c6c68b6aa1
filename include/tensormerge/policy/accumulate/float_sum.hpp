#pragma once

#include <algorithm>
#include <cstddef>

#include <Eigen/Core>

namespace tensormerge {

/// A sum in sixteen interleaved float sums, for a few hundred terms: of 256, within twenty
/// roundings of the exact one. It vectorises without reordering, so that the result does not depend
/// on the instruction set.
class float_sum {
 public:
  static constexpr std::size_t lanes = 16;
  using block = Eigen::Array<float, static_cast<int>(lanes), 1>;

  void add(const block& terms) { sums_ += terms; }

  double total() const {
    block sums = sums_;
    for (int half = static_cast<int>(lanes) / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; ++lane) sums[lane] += sums[lane + half];
    }
    return static_cast<double>(sums[0]);
  }

  /// Calls `visit(at)` for each `lanes` of `count` elements from `begin` on, where `at(values)` are
  /// those of an array; zeros follow the last.
  template <class Visitor>
  static void for_each_block(std::size_t begin, std::size_t count, Visitor visit) {
    const std::size_t end = begin + count;
    std::size_t i = begin;
    for (; i + lanes <= end; i += lanes) {
      visit([i](const float* values) { return Eigen::Map<const block>(values + i); });
    }
    if (i == end) return;
    visit([i, end](const float* values) {
      block last = block::Zero();
      std::copy(values + i, values + end, last.data());
      return last;
    });
  }

 private:
  block sums_ = block::Zero();
};

}  // namespace tensormerge
