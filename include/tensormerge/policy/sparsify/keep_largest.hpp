#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/policy/sparsify/rescaled_selector.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps the `density` share of a task vector that is largest in magnitude: int(density * n)
/// elements, at least one where density > 0; equal magnitudes in order of their index. With
/// `rescale`, the kept elements get the L1 norm of all. Models sparsifier.
/// Ref: Yadav et al. 2023, "TIES-Merging" (arXiv 2306.01708), the trim step.
struct keep_largest {
  template <class Real>
  class choice {
   public:
    using statistic = typename radix_select<Real>::histogram;

    template <class Parameters, class InputParameters>
    choice(const Parameters&, const InputParameters& input, const tensor_facts& facts, std::size_t)
        : keeps_all_(input.density >= 1),
          largest_(facts.elements, kept_elements(input.density, facts.elements)) {}

    bool keeps_all() const { return keeps_all_; }
    bool wants_observation() const { return largest_.wants_observation(); }
    bool wants_sample() const { return largest_.wants_sample(); }
    void observe(const Real* values, std::size_t size, std::uint64_t first,
                 statistic& seen) const {
      largest_.observe(values, size, first, seen);
    }
    void conclude(const statistic& seen) { largest_.conclude(seen); }
    void mask(const Real* values, std::size_t size, std::uint64_t first, Real* kept) const {
      largest_.mask(values, size, first, kept);
    }

   private:
    static std::uint64_t kept_elements(double density, std::uint64_t elements) {
      if (density >= 1) return elements;
      if (!(density > 0)) return 0;
      const double count = density * static_cast<double>(elements);
      return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(count));
    }

    bool keeps_all_;
    radix_select<Real> largest_;
  };

  template <class Real>
  using selector = rescaled_selector<choice<Real>, Real>;
};

}  // namespace tensormerge
