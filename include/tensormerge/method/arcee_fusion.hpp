#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/select/radix_select.hpp>
#include <tensormerge/policy/select/row_divergence.hpp>
#include <tensormerge/tensor/sample.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Takes from the other model the elements that changed much in rows that changed much, and the
/// base's elsewhere. An element's score is |input - base| times the divergence of the softmax of
/// its row (the last axis) from that of the base's; elements whose score is at least
/// median + 1.5 * (upper quartile - lower quartile) are taken. Quartiles are the scores at
/// int(0.25 * (n - 1)) and so on in order, over the whole tensor. Scores are computed in double.
/// Cost: mostly three passes (see radix_select); memory: two doubles for each row and each row's
/// element.
/// Source: arcee_fusion of mergekit 0.1.5, without its sampling of large tensors.
struct arcee_fusion {
  static constexpr method_facts facts{
      .name = "arcee_fusion",
      .base = base_use::required,
      .least_inputs = 1,
      .most_inputs = 1,
      .writes_float32 = true};
  using parameters = arcee_fusion_parameters;
  using input_parameters = arcee_fusion_input_parameters;

  template <class Real>
  class kernel {
    using quartile = radix_select<double>;
    static constexpr std::size_t quartiles = 3;

   public:
    class statistic {
     public:
      statistic(std::size_t rows, std::size_t row_length, scratch& memory)
          : divergences_(memory.take<double>(rows)),
            working_(memory.take<double>(2 * row_length)),
            scores_{quartile::histogram(memory), quartile::histogram(memory),
                    quartile::histogram(memory)} {}
      void combine(const statistic& other) {
        // Each row was seen by one of all statistics, and is zero in the others.
        for (std::size_t row = 0; row < divergences_.size(); ++row) {
          divergences_[row] += other.divergences_[row];
        }
        for (std::size_t i = 0; i < quartiles; ++i) scores_[i].combine(other.scores_[i]);
      }
      void clear() {
        std::fill(divergences_.begin(), divergences_.end(), 0.0);
        for (quartile::histogram& scores : scores_) scores.clear();
      }

     private:
      friend kernel;
      std::span<double> divergences_;
      std::span<double> working_;
      std::array<quartile::histogram, quartiles> scores_;
    };

    static std::size_t scratch_bytes(std::size_t, const parameters&, const tensor_facts& tensor) {
      return scratch::bytes_for<double>(rows(tensor));
    }
    static std::size_t statistic_bytes(std::size_t, const parameters&,
                                       const tensor_facts& tensor) {
      return scratch::bytes_for<double>(rows(tensor)) +
             scratch::bytes_for<double>(2 * static_cast<std::size_t>(tensor.row_length)) +
             quartiles * quartile::histogram::scratch_bytes();
    }
    static std::uint64_t rows_per_tile(const parameters&, const tensor_facts&) { return 1; }

    kernel(const parameters&, std::span<const input_parameters>, const tensor_facts& tensor,
           scratch& memory)
        : row_length_(static_cast<std::size_t>(tensor.row_length)),
          divergences_(memory.take<double>(rows(tensor))),
          quartiles_{quartile_at(0.25, tensor.elements), quartile_at(0.5, tensor.elements),
                     quartile_at(0.75, tensor.elements)} {}

    statistic make_statistic(scratch& memory) const {
      return {divergences_.size(), row_length_, memory};
    }
    bool wants_observation() const { return !has_divergences_ || quartiles_wanted(); }

    void observe(const tile<Real>& piece, statistic& seen) const {
      for_each_row(piece, [&](std::size_t row, std::size_t begin) {
        const Real* base = piece.base + begin;
        const Real* input = piece.inputs[0] + begin;
        double& divergence = has_divergences_ ? divergences_[row] : seen.divergences_[row];
        if (!has_divergences_) {
          divergence = row_divergence(input, base, row_length_, seen.working_);
        }
        const auto observe_block = [&](std::uint64_t done, std::uint64_t count) {
          observe_scores(input + done, base + done, divergence, static_cast<std::size_t>(count),
                         seen);
        };
        if (quartiles_want_sample()) {
          for_each_sampled(row_length_, block_elements, row, observe_block);
        } else {
          for (std::size_t done = 0; done < row_length_; done += block_elements) {
            observe_block(done, std::min(block_elements, row_length_ - done));
          }
        }
      });
    }

    void conclude(const statistic& seen) {
      if (!has_divergences_) {
        std::copy(seen.divergences_.begin(), seen.divergences_.end(), divergences_.begin());
        has_divergences_ = true;
      }
      std::array<std::size_t, quartiles> source{};
      for (std::size_t i = 0; i < quartiles; ++i) source[i] = shares_with(i);
      for (std::size_t i = 0; i < quartiles; ++i) {
        if (quartiles_[i].wants_observation()) quartiles_[i].conclude(seen.scores_[source[i]]);
      }
      if (quartiles_wanted()) return;
      const double spread = quartiles_[2].threshold() - quartiles_[0].threshold();
      threshold_ = quartiles_[1].threshold() + 1.5 * spread;
    }

    void apply(const tile<Real>& piece, Real* out) const {
      for_each_row(piece, [&](std::size_t row, std::size_t begin) {
        const Real* base = piece.base + begin;
        const Real* input = piece.inputs[0] + begin;
        std::array<double, block_elements> scores;
        for (std::size_t done = 0; done < row_length_; done += block_elements) {
          const std::size_t count = std::min(block_elements, row_length_ - done);
          take_scores(input + done, base + done, divergences_[row], count, scores.data());
          for (std::size_t i = 0; i < count; ++i) {
            // Negated, so that a NaN is taken and seen; one of the base is not covered up.
            const bool takes = !(scores[i] < threshold_);
            const Real origin = base[done + i];
            const bool finite = origin - origin == 0;
            out[begin + done + i] = takes && finite ? input[done + i] : origin;
          }
        }
      });
    }

   private:
    void observe_scores(const Real* input, const Real* base, double divergence, std::size_t count,
                        statistic& seen) const {
      std::array<double, block_elements> scores;
      take_scores(input, base, divergence, count, scores.data());
      for (std::size_t i = 0; i < quartiles; ++i) {
        if (!quartiles_[i].wants_observation() || shares_with(i) != i) continue;
        quartiles_[i].observe(scores.data(), count, 0, seen.scores_[i]);
      }
    }

    static std::size_t rows(const tensor_facts& tensor) {
      return tensor.row_length == 0
                 ? 0
                 : static_cast<std::size_t>(tensor.elements / tensor.row_length);
    }

    static quartile quartile_at(double share, std::uint64_t elements) {
      const double last = elements == 0 ? 0.0 : static_cast<double>(elements - 1);
      const std::uint64_t place = static_cast<std::uint64_t>(share * last);
      return {elements, elements - place, equal_magnitudes::keep_all};
    }

    static void take_scores(const Real* input, const Real* base, double divergence,
                            std::size_t count, double* scores) {
      for (std::size_t i = 0; i < count; ++i) {
        const double delta = static_cast<double>(input[i]) - static_cast<double>(base[i]);
        scores[i] = std::abs(delta) * divergence;
      }
    }

    /// Calls `visit(row, begin)` for each row of a tile, `begin` counted from the tile's start.
    template <class Visitor>
    void for_each_row(const tile<Real>& piece, Visitor&& visit) const {
      const std::size_t first_row = static_cast<std::size_t>(piece.first / row_length_);
      for (std::size_t begin = 0; begin < piece.size; begin += row_length_) {
        visit(first_row + begin / row_length_, begin);
      }
    }

    bool quartiles_wanted() const {
      return std::any_of(quartiles_.begin(), quartiles_.end(),
                         [](const quartile& q) { return q.wants_observation(); });
    }

    bool quartiles_want_sample() const {
      return std::all_of(quartiles_.begin(), quartiles_.end(), [](const quartile& q) {
        return q.wants_sample() || !q.wants_observation();
      });
    }

    /// The quartile whose histogram serves this one too.
    std::size_t shares_with(std::size_t wanted) const {
      for (std::size_t i = 0; i < wanted; ++i) {
        if (quartiles_[wanted].shares_round_with(quartiles_[i])) return i;
      }
      return wanted;
    }

    std::size_t row_length_;
    std::span<double> divergences_;
    std::array<quartile, quartiles> quartiles_;
    bool has_divergences_ = false;
    double threshold_ = 0;
  };
};

}  // namespace tensormerge
