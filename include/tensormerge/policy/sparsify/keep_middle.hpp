#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/policy/sparsify/rescaled_selector.hpp>
#include <tensormerge/policy/sparsify/sparsifier.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Keeps exactly int(density * n) elements of a task vector: drops the int(gamma * n) largest in
/// magnitude, fewer where too few would be left, then the smallest; among equal magnitudes the
/// smaller is the one of lower index. With `rescale`, the kept elements get the L1 norm of all.
/// Models sparsifier.
/// Ref: Davari and Belilovsky 2023, "Model Breadcrumbs" (arXiv 2312.06795); counts as mergekit
/// 0.1.5 takes them.
struct keep_middle {
  template <class Real>
  class choice {
   public:
    class statistic {
     public:
      static constexpr std::size_t scratch_bytes() {
        return 2 * radix_select<Real>::histogram::scratch_bytes();
      }
      explicit statistic(scratch& memory) : not_small_(memory), outliers_(memory) {}
      void combine(const statistic& other) {
        not_small_.combine(other.not_small_);
        outliers_.combine(other.outliers_);
      }
      void clear() {
        not_small_.clear();
        outliers_.clear();
      }

     private:
      friend choice;
      typename radix_select<Real>::histogram not_small_, outliers_;
    };

    template <class Parameters, class InputParameters>
    choice(const Parameters&, const InputParameters& input, const tensor_facts& facts, std::size_t)
        : choice(input.density >= 1, facts.elements, share_of(input.density, facts.elements),
                 share_of(input.gamma, facts.elements)) {}

    bool keeps_all() const { return keeps_all_; }
    bool wants_observation() const {
      return not_small_.wants_observation() || outliers_.wants_observation();
    }

    bool wants_sample() const {
      return wants_observation() &&
             (not_small_.wants_sample() || !not_small_.wants_observation()) &&
             (outliers_.wants_sample() || !outliers_.wants_observation());
    }

    void observe(const Real* values, std::size_t size, std::uint64_t first,
                 statistic& seen) const {
      if (not_small_.wants_observation()) {
        not_small_.observe(values, size, first, seen.not_small_);
      }
      if (outliers_.wants_observation() && !outliers_.shares_round_with(not_small_)) {
        outliers_.observe(values, size, first, seen.outliers_);
      }
    }

    void conclude(const statistic& seen) {
      const bool shared = outliers_.shares_round_with(not_small_);
      if (not_small_.wants_observation()) not_small_.conclude(seen.not_small_);
      if (outliers_.wants_observation()) {
        outliers_.conclude(shared ? seen.not_small_ : seen.outliers_);
      }
    }

    void mask(const Real* values, std::size_t size, std::uint64_t first, Real* kept) const {
      std::array<Real, block_elements> outlier;
      not_small_.mask(values, size, first, kept);
      outliers_.mask(values, size, first, outlier.data());
      for (std::size_t i = 0; i < size; ++i) kept[i] -= outlier[i];
    }

   private:
    choice(bool keeps_all, std::uint64_t elements, std::uint64_t target, std::uint64_t outliers)
        : keeps_all_(keeps_all),
          not_small_(elements, keeps_all ? elements : std::min(target + outliers, elements),
                     equal_magnitudes::highest_index_first),
          outliers_(elements, keeps_all ? 0 : std::min(outliers, elements - target),
                    equal_magnitudes::highest_index_first) {}

    static std::uint64_t share_of(double share, std::uint64_t elements) {
      const double count = std::clamp(share, 0.0, 1.0) * static_cast<double>(elements);
      return std::min(static_cast<std::uint64_t>(count), elements);
    }

    bool keeps_all_;
    radix_select<Real> not_small_;  // the kept elements and the outliers
    radix_select<Real> outliers_;
  };

  template <class Real>
  using selector = rescaled_selector<choice<Real>, Real>;
};

}  // namespace tensormerge
