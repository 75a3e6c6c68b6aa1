#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/no_parameters.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// What MergeKit for MLX calls dare: x = (1 - t) base + t input, of which the elements at or above
/// the (1 - density)-quantile of |x| are kept and scaled to the L1 norm of all; no draw is made.
/// The quantile lies between two neighbours in order of magnitude, so that what is at or above it
/// is what is not below the upper one. Everything is computed in double. Cost: mostly four
/// passes and a sample (see radix_select).
/// Source: the documentation of MergeKit for MLX 0.1.0.
struct mlx_dare {
  static constexpr method_facts facts{
      .name = "dare", .base = base_use::required, .least_inputs = 1, .most_inputs = 1};
  using parameters = mlx_dare_parameters;
  using input_parameters = no_parameters;

  template <class Real>
  class kernel {
   public:
    class statistic {
     public:
      explicit statistic(scratch& memory) : magnitudes_(memory) {}
      void combine(const statistic& other) {
        magnitudes_.combine(other.magnitudes_);
        all_.combine(other.all_);
        kept_.combine(other.kept_);
      }
      void clear() {
        magnitudes_.clear();
        all_ = {};
        kept_ = {};
      }

     private:
      friend kernel;
      radix_select<double>::histogram magnitudes_;
      exact_sum all_;
      exact_sum kept_;
    };

    static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }
    static constexpr std::size_t statistic_bytes(std::size_t) {
      return radix_select<double>::histogram::scratch_bytes();
    }

    kernel(const parameters& shared, std::span<const input_parameters>, const tensor_facts& tensor,
           scratch&)
        : t_(shared.t),
          largest_(tensor.elements, kept_elements(shared.density, tensor.elements),
                   equal_magnitudes::keep_all) {}

    statistic make_statistic(scratch& memory) const { return statistic(memory); }
    bool wants_observation() const { return !scaled_; }
    bool wants_sample() const { return largest_.wants_sample(); }

    void observe(const tile<Real>& piece, statistic& seen) const {
      for_each_mixed(piece, [&](std::size_t begin, std::span<double> mixed) {
        const std::uint64_t first = piece.first + begin;
        if (largest_.wants_observation()) {
          largest_.observe(mixed.data(), mixed.size(), first, seen.magnitudes_);
        } else {
          seen.all_.add(sum_of_magnitudes(mixed.data(), mixed.size()));
          keep(mixed, first);
          seen.kept_.add(sum_of_magnitudes(mixed.data(), mixed.size()));
        }
      });
    }

    void conclude(const statistic& seen) {
      if (largest_.wants_observation()) {
        largest_.conclude(seen.magnitudes_);
      } else {
        scale_ = seen.all_.value() / (seen.kept_.value() + 1e-10);
        scaled_ = true;
      }
    }

    void apply(const tile<Real>& piece, Real* out) const {
      for_each_mixed(piece, [&](std::size_t begin, std::span<double> mixed) {
        keep(mixed, piece.first + begin);
        for (std::size_t i = 0; i < mixed.size(); ++i) {
          out[begin + i] = static_cast<Real>(scale_ * mixed[i]);
        }
      });
    }

   private:
    static std::uint64_t kept_elements(double density, std::uint64_t elements) {
      if (elements == 0) return 0;
      const double below = 1.0 - std::clamp(density, 0.0, 1.0);
      const double place = std::ceil(static_cast<double>(elements - 1) * below);
      return elements - std::min(static_cast<std::uint64_t>(place), elements - 1);
    }

    template <class Visitor>
    void for_each_mixed(const tile<Real>& piece, Visitor&& visit) const {
      std::array<double, block_elements> mixed, of_input;
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        // Several loops, so that products are rounded before they are added on every machine:
        // fused operations would order magnitudes that are equal.
        for (std::size_t i = 0; i < count; ++i) {
          mixed[i] = (1 - t_) * static_cast<double>(piece.base[begin + i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
          of_input[i] = t_ * static_cast<double>(piece.inputs[0][begin + i]);
        }
        for (std::size_t i = 0; i < count; ++i) mixed[i] += of_input[i];
        visit(begin, std::span<double>(mixed.data(), count));
      });
    }

    void keep(std::span<double> mixed, std::uint64_t first) const {
      std::array<double, block_elements> kept;
      largest_.mask(mixed.data(), mixed.size(), first, kept.data());
      for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] *= kept[i];
    }

    double t_;
    radix_select<double> largest_;
    double scale_ = 1;
    bool scaled_ = false;
  };
};

}  // namespace tensormerge
