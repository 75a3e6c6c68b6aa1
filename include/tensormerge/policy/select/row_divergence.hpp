#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <Eigen/Core>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/elementary/exponential.hpp>
#include <tensormerge/policy/elementary/logarithm.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

namespace detail {

/// The softmax of a row, before it is divided by its total.
struct row_powers {
  std::span<double> powers;
  double total = 0;
};

/// In double; `into` has an element for each of the row's.
template <class Real>
row_powers take_powers(const Real* row, std::span<double> into) {
  row_powers result{into};
  using row_view = Eigen::Map<const Eigen::Array<Real, Eigen::Dynamic, 1>>;
  const double largest = static_cast<double>(
      row_view(row, static_cast<Eigen::Index>(into.size())).maxCoeff());
  for (std::size_t begin = 0; begin < into.size(); begin += block_elements) {
    const std::size_t count = std::min(block_elements, into.size() - begin);
    double* const powers = into.data() + begin;
    for (std::size_t i = 0; i < count; ++i) {
      powers[i] = exponential(static_cast<double>(row[begin + i]) - largest);
    }
    result.total += sum_in_lanes(count, [=](std::size_t i) { return powers[i]; });
  }
  return result;
}

}  // namespace detail

/// The Kullback-Leibler divergence of the softmax of one row from that of another, both shifted by
/// 1e-8: sum(p log(p / q)), p of `row`, q of `from`. In double; `working` has two elements for each
/// of a row's.
template <class Real>
double row_divergence(const Real* row, const Real* from, std::size_t length,
                      std::span<double> working) {
  constexpr double least_share = 1e-8;
  const detail::row_powers ours = detail::take_powers(row, working.first(length));
  const detail::row_powers theirs = detail::take_powers(from, working.subspan(length, length));
  const double our_share = 1 / ours.total, their_share = 1 / theirs.total;
  std::array<double, block_elements> p, quotient;
  double sum = 0;
  for (std::size_t begin = 0; begin < length; begin += block_elements) {
    const std::size_t count = std::min(block_elements, length - begin);
    for (std::size_t i = 0; i < count; ++i) {
      p[i] = ours.powers[begin + i] * our_share + least_share;
      const double q = theirs.powers[begin + i] * their_share + least_share;
      quotient[i] = logarithm_of_quotient(p[i], q);
    }
    sum += dot(p.data(), quotient.data(), count);
  }
  return sum;
}

}  // namespace tensormerge
