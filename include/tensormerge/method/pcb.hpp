#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/select/competition_scores.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Weighs every element of every task vector by its score in the competition (see
/// competition_scores), after the elements whose score is low were dropped:
/// out = base + lambda * sum(b_i * weight_i * delta_i) / sum(b_i),
/// where b_i is the score of model i among its max(1, int(density * n)) largest, all elements equal
/// to the last of them included, and 0 elsewhere; the base where all are dropped. The ranges and
/// sums behind the scores are of one tensor, not of the whole model. A NaN or an infinity anywhere
/// in a tensor makes all of it NaN. Computed in double.
/// Cost: mostly four passes and a sample (see radix_select), each of inputs^2 exponentials an
/// element but for the first.
/// Ref: Du et al. 2024, "Parameter Competition Balancing for Model Merging" (arXiv 2410.02396).
struct pcb {
  static constexpr method_facts facts{.name = "pcb", .base = base_use::required};
  using parameters = pcb_parameters;
  using input_parameters = pcb_input_parameters;

  template <class Real>
  class kernel {
    using selection = radix_select<double>;
    using histogram = selection::histogram;

   public:
    class statistic {
     public:
      statistic(std::size_t inputs, scratch& memory)
          : scores_(inputs, memory),
            histograms_(memory.make<histogram>(
                inputs, [&](std::size_t) { return histogram(memory); })) {}
      void combine(const statistic& other) {
        scores_.combine(other.scores_);
        for (std::size_t i = 0; i < histograms_.size(); ++i) {
          histograms_[i].combine(other.histograms_[i]);
        }
      }
      void clear() {
        scores_.clear();
        for (histogram& counts : histograms_) counts.clear();
      }

     private:
      friend kernel;
      competition_scores::statistic scores_;
      std::span<histogram> histograms_;
    };

    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return competition_scores::scratch_bytes(inputs) + scratch::bytes_for<selection>(inputs) +
             scratch::bytes_for<double>(inputs);
    }
    static constexpr std::size_t statistic_bytes(std::size_t inputs) {
      return competition_scores::statistic::scratch_bytes(inputs) +
             scratch::bytes_for<histogram>(inputs) + inputs * histogram::scratch_bytes();
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : scores_(inputs.size(), memory),
          selections_(memory.make<selection>(
              inputs.size(),
              [&](std::size_t i) {
                return selection(tensor.elements, kept(inputs[i].density, tensor.elements),
                                 equal_magnitudes::keep_all);
              })),
          factors_(memory.make<double>(inputs.size(), [&](std::size_t i) {
            return shared.lambda * inputs[i].weight;
          })) {}

    statistic make_statistic(scratch& memory) const { return {selections_.size(), memory}; }

    bool wants_observation() const {
      return !scores_.undefined() &&
             (scores_.wants_observation() ||
              std::any_of(selections_.begin(), selections_.end(),
                          [](const selection& s) { return s.wants_observation(); }));
    }

    bool wants_sample() const {
      return !scores_.wants_observation() &&
             std::all_of(selections_.begin(), selections_.end(), [](const selection& s) {
               return s.wants_sample() || !s.wants_observation();
             });
    }

    void observe(const tile<Real>& piece, statistic& seen) const {
      std::array<double, block_elements> scores, delta;
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        if (scores_.wants_observation()) {
          scores_.observe(piece, begin, count, seen.scores_);
          return;
        }
        for (std::size_t i = 0; i < selections_.size(); ++i) {
          if (!selections_[i].wants_observation()) continue;
          scores_.score(piece, i, begin, count, scores.data(), delta.data());
          selections_[i].observe(scores.data(), count, piece.first + begin, seen.histograms_[i]);
        }
      });
    }

    void conclude(const statistic& seen) {
      if (scores_.wants_observation()) {
        scores_.conclude(seen.scores_);
        return;
      }
      for (std::size_t i = 0; i < selections_.size(); ++i) {
        if (selections_[i].wants_observation()) selections_[i].conclude(seen.histograms_[i]);
      }
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if (scores_.undefined()) {
        std::fill_n(out, piece.size, std::numeric_limits<Real>::quiet_NaN());
        return;
      }
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        std::array<double, block_elements> scores, delta, kept, sum{}, total{};
        for (std::size_t i = 0; i < selections_.size(); ++i) {
          scores_.score(piece, i, begin, count, scores.data(), delta.data());
          selections_[i].mask(scores.data(), count, piece.first + begin, kept.data());
          for (std::size_t k = 0; k < count; ++k) {
            const double share = kept[k] * scores[k];
            sum[k] += share * (factors_[i] * delta[k]);
            total[k] += share;
          }
        }
        for (std::size_t k = 0; k < count; ++k) {
          const double change = total[k] > 0 ? sum[k] / total[k] : 0;
          out[begin + k] = static_cast<Real>(static_cast<double>(piece.base[begin + k]) + change);
        }
      });
    }

   private:
    static std::uint64_t kept(double density, std::uint64_t elements) {
      if (!(density > 0)) return 0;
      const double count = std::min(density, 1.0) * static_cast<double>(elements);
      return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(count));
    }

    competition_scores scores_;
    std::span<selection> selections_;
    std::span<double> factors_;  // of each task vector
  };
};

}  // namespace tensormerge
