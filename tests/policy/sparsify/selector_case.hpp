#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

struct selector_parameters {
  bool rescale = false;
};
struct selector_input {
  double density = 1;
  double gamma = 0;
};

/// How blocks are shown to a selector.
struct selector_place {
  std::uint64_t random_key = 0;
  std::size_t input = 0;
  unsigned order_seed = 0;
};

/// What a sparsifier leaves of a task vector; its blocks are observed in a shuffled order by three
/// statistics.
template <class Sparsifier, class Real>
std::vector<Real> sparsified(std::vector<Real> delta, const selector_parameters& shared,
                             const selector_input& input, const selector_place& place = {}) {
  using selector_type = typename Sparsifier::template selector<Real>;
  using statistic_type = typename selector_type::statistic;
  const tensor_facts facts{.elements = delta.size(),
                           .row_length = delta.size(),
                           .random_key = place.random_key,
                           .column_length = delta.size(),
                           .axes = 1};
  selector_type selector(shared, input, facts, place.input);
  constexpr std::size_t workers = 3;
  std::vector<std::byte> memory(workers * statistic_type::scratch_bytes() + workers);
  scratch rest(memory);
  std::vector<statistic_type> seen;
  for (std::size_t i = 0; i < workers; ++i) seen.emplace_back(rest);

  std::mt19937 generator(place.order_seed);
  std::vector<std::size_t> starts;
  for (std::size_t first = 0; first < delta.size(); first += block_elements) {
    starts.push_back(first);
  }
  const auto block_at = [&](std::size_t first) {
    return delta_block<Real>{
        {delta.data() + first, std::min(block_elements, delta.size() - first)}};
  };
  while (selector.wants_observation()) {
    for (statistic_type& statistic : seen) statistic.clear();
    std::shuffle(starts.begin(), starts.end(), generator);
    for (const std::size_t first : starts) {
      selector.observe({block_at(first).values}, first, seen[generator() % workers]);
    }
    for (std::size_t i = 1; i < workers; ++i) seen[0].combine(seen[i]);
    selector.conclude(seen[0]);
  }
  for (const std::size_t first : starts) selector.keep(block_at(first), first);
  return delta;
}

/// 1, -2, 3, -4, ...
template <class Real>
std::vector<Real> alternating(std::size_t count) {
  std::vector<Real> values;
  for (std::size_t i = 1; i <= count; ++i) {
    values.push_back(static_cast<Real>(i) * (i % 2 == 0 ? -1 : 1));
  }
  return values;
}

template <class Real>
std::size_t count_of_nonzero(const std::vector<Real>& values) {
  return values.size() -
         static_cast<std::size_t>(std::count(values.begin(), values.end(), Real{0}));
}

template <class Real>
double norm_1(const std::vector<Real>& values) {
  double sum = 0;
  for (const Real value : values) sum += std::abs(static_cast<double>(value));
  return sum;
}

}  // namespace tensormerge
