#pragma once

#include <cstddef>
#include <vector>

#include <tensormerge/tensor/delta.hpp>

namespace tensormerge {

/// One task vector and its weight.
struct voter {
  double weight = 1;
  std::vector<float> delta;
};

struct mix {
  std::vector<float> mixed, divisors;
};

/// What a consensus makes of task vectors of equal length.
template <class Consensus>
mix mix_of(const std::vector<voter>& voters) {
  const std::size_t count = voters[0].delta.size();
  typename Consensus::template mixer<float> mixer(count, true);
  for (const voter& v : voters) mixer.add(v.weight, delta_block<const float>{v.delta});
  mix result;
  for (std::size_t i = 0; i < count; ++i) {
    result.mixed.push_back(mixer.mixed(i));
    result.divisors.push_back(mixer.divisor(i));
  }
  return result;
}

}  // namespace tensormerge
