#pragma once

#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps every element of a task vector. Models sparsifier.
struct keep_all {
  using keeps_everything = keep_all;

  template <class Real>
  class selector {
   public:
    struct statistic {
      static constexpr std::size_t scratch_bytes() { return 0; }
      explicit statistic(scratch&) {}
      void combine(const statistic&) {}
      void clear() {}
    };

    template <class Parameters, class InputParameters>
    selector(const Parameters&, const InputParameters&, const tensor_facts&, std::size_t) {}

    bool wants_observation() const { return false; }
    void observe(delta_block<const Real>, std::uint64_t, statistic&) const {}
    void conclude(const statistic&) {}
    void keep(delta_block<Real>, std::uint64_t) const {}
  };
};

}  // namespace tensormerge
