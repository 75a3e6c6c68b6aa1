#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/elementary/exponential.hpp>
#include <tensormerge/policy/elementary/logarithm.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

namespace detail {

/// The softmax of a row, block by block, in double.
template <class Real>
class row_softmax {
 public:
  row_softmax(const Real* row, std::size_t length)
      : row_(row), largest_(static_cast<double>(*std::max_element(row, row + length))) {
    std::array<double, block_elements> powers;
    for (std::size_t begin = 0; begin < length; begin += block_elements) {
      const std::size_t count = std::min(block_elements, length - begin);
      take_powers(begin, count, powers.data());
      total_ += sum_in_lanes(count, [&](std::size_t i) { return powers[i]; });
    }
  }

  /// The shares of `count` elements from `begin` on, each with 1e-8 added.
  void shares(std::size_t begin, std::size_t count, double* into) const {
    constexpr double least_share = 1e-8;
    take_powers(begin, count, into);
    for (std::size_t i = 0; i < count; ++i) into[i] = into[i] / total_ + least_share;
  }

 private:
  void take_powers(std::size_t begin, std::size_t count, double* into) const {
    for (std::size_t i = 0; i < count; ++i) {
      into[i] = exponential(static_cast<double>(row_[begin + i]) - largest_);
    }
  }

  const Real* row_;
  double largest_;
  double total_ = 0;
};

}  // namespace detail

/// The Kullback-Leibler divergence of the softmax of one row from that of another, both shifted by
/// 1e-8: sum(p log(p / q)), p of `row`, q of `from`. In double.
template <class Real>
double row_divergence(const Real* row, const Real* from, std::size_t length) {
  const detail::row_softmax<Real> row_shares(row, length), from_shares(from, length);
  std::array<double, block_elements> p, q;
  double sum = 0;
  for (std::size_t begin = 0; begin < length; begin += block_elements) {
    const std::size_t count = std::min(block_elements, length - begin);
    row_shares.shares(begin, count, p.data());
    from_shares.shares(begin, count, q.data());
    for (std::size_t i = 0; i < count; ++i) q[i] = logarithm(p[i] / q[i]);
    sum += dot(p.data(), q.data(), count);
  }
  return sum;
}

}  // namespace tensormerge
