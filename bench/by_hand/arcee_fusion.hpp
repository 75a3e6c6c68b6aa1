#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <tensormerge/dtype/convert.hpp>

#include "loops.hpp"

namespace by_hand {

using tensormerge::load;

/// The powers of a softmax, and their sum.
template <class Storage>
double take_powers(const Storage* row, std::vector<double>& powers) {
  double top = load<double>(row[0]);
  for (std::size_t i = 0; i < powers.size(); ++i) top = std::max(top, load<double>(row[i]));
  double total = 0;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = std::exp(load<double>(row[i]) - top);
    total += powers[i];
  }
  return total;
}

template <class Storage>
void arcee_fusion(problem<Storage> p) {
  static std::vector<double> scores, sorted;
  scores.resize(p.size());
  std::vector<double> ours(p.columns), theirs(p.columns);
  for (std::size_t row = 0; row < p.size(); row += p.columns) {
    const double our_share = 1 / take_powers(p.first + row, ours);
    const double their_share = 1 / take_powers(p.base + row, theirs);
    double divergence = 0;
    for (std::size_t i = 0; i < p.columns; ++i) {
      const double x = ours[i] * our_share + 1e-8, y = theirs[i] * their_share + 1e-8;
      divergence += x * std::log(x / y);
    }
    for (std::size_t i = row; i < row + p.columns; ++i) {
      scores[i] = std::abs(load<double>(p.first[i]) - load<double>(p.base[i])) * divergence;
    }
  }
  sorted = scores;
  const auto place = [&](double share) {
    return sorted.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(p.size() - 1));
  };
  std::nth_element(sorted.begin(), place(0.5), sorted.end());
  std::nth_element(sorted.begin(), place(0.25), place(0.5));
  std::nth_element(place(0.5) + 1, place(0.75), sorted.end());
  const double threshold = *place(0.5) + 1.5 * (*place(0.75) - *place(0.25));
  for (std::size_t i = 0; i < p.size(); ++i) {
    p.out[i] = scores[i] >= threshold ? p.first[i] : p.base[i];
  }
}

}  // namespace by_hand
