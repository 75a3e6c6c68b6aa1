#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/random/bernoulli.hpp>
#include <tensormerge/policy/sparsify/rescaled_selector.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps each element of a task vector with probability `density`, drawn by the seed, the tensor's
/// name, the input's place and the element's index. With `rescale`, the kept elements get the L1
/// norm of all. Models sparsifier.
/// Ref: Yu et al. 2024, "Language models are super Mario" (arXiv 2311.03099); rescaled as in
/// mergekit 0.1.5.
struct drop_randomly {
  template <class Real>
  class choice {
   public:
    struct statistic {
      static constexpr std::size_t scratch_bytes() { return 0; }
      explicit statistic(scratch&) {}
      void combine(const statistic&) {}
      void clear() {}
    };

    template <class Parameters, class InputParameters>
    choice(const Parameters&, const InputParameters& input, const tensor_facts& facts,
           std::size_t number)
        : keeps_all_(input.density >= 1),
          draws_(std::clamp(input.density, 0.0, 1.0), facts.random_key,
                 static_cast<std::uint32_t>(number)) {}

    bool keeps_all() const { return keeps_all_; }
    bool wants_observation() const { return false; }
    void observe(const Real*, std::size_t, std::uint64_t, statistic&) const {}
    void conclude(const statistic&) {}
    void mask(const Real*, std::size_t size, std::uint64_t first, Real* kept) const {
      draws_.draw(first, size, kept);
    }
    void scale(Real* values, std::size_t size, std::uint64_t first, Real factor) const {
      draws_.scale(first, size, values, factor);
    }

   private:
    bool keeps_all_;
    bernoulli draws_;
  };

  template <class Real>
  using selector = rescaled_selector<choice<Real>, Real>;
};

}  // namespace tensormerge
