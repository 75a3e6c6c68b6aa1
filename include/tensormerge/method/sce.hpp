#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/method/parameters.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/consensus/sign_of_sum.hpp>
#include <tensormerge/policy/sparsify/keep_most_varied.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Selects the elements in which the models differ most, calculates each model's weight from the
/// mean square of what is selected of its task vector, and erases at each element the models that
/// disagree with the sign of the sum: out = base + sum(w_i * delta_i) / sum(w_i) over the others.
/// Cost: mostly four passes and a sample (see radix_select), two where `select_topk` is 1.
/// Ref: Wan et al. 2024, "FuseChat" (arXiv 2408.07990).
struct sce {
  static constexpr method_facts facts{.name = "sce", .base = base_use::required};
  using parameters = sce_parameters;
  using input_parameters = sce_input_parameters;

  template <class Real>
  class kernel {
    using selection = keep_most_varied<Real>;

   public:
    class statistic {
     public:
      statistic(std::size_t inputs, scratch& memory)
          : selection_(memory), squares_(memory.take<exact_sum>(inputs)) {}
      void combine(const statistic& other) {
        selection_.combine(other.selection_);
        for (std::size_t i = 0; i < squares_.size(); ++i) squares_[i].combine(other.squares_[i]);
      }
      void clear() {
        selection_.clear();
        std::fill(squares_.begin(), squares_.end(), exact_sum{});
      }

     private:
      friend kernel;
      typename selection::statistic selection_;
      std::span<exact_sum> squares_;
    };

    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<double>(inputs);
    }
    static constexpr std::size_t statistic_bytes(std::size_t inputs) {
      return selection::statistic::scratch_bytes() + scratch::bytes_for<exact_sum>(inputs);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs,
           const tensor_facts& tensor, scratch& memory)
        : elements_(tensor.elements),
          selection_(shared.select_topk, tensor.elements),
          weights_(memory.take<double>(inputs.size())) {}

    statistic make_statistic(scratch& memory) const { return {weights_.size(), memory}; }
    bool wants_observation() const { return !weighted_; }
    bool wants_sample() const { return selection_.wants_sample(); }

    void observe(const tile<Real>& piece, statistic& seen) const {
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        if (selection_.wants_observation()) {
          selection_.observe(piece.inputs, piece.base, begin, count, piece.first + begin,
                             seen.selection_);
          return;
        }
        for_each_selected(piece, begin, count, [&](std::size_t i, delta_block<const Real> delta) {
          seen.squares_[i].add(dot(delta.values.data(), delta.values.data(), count));
        });
      });
    }

    void conclude(const statistic& seen) {
      if (selection_.wants_observation()) {
        selection_.conclude(seen.selection_);
      } else {
        take_weights(seen.squares_);
        weighted_ = true;
      }
    }

    void apply(const tile<Real>& piece, Real* out) const {
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        sign_of_sum::mixer<Real> mixer(count, true);
        for_each_selected(piece, begin, count, [&](std::size_t i, delta_block<const Real> delta) {
          mixer.add(weights_[i], delta, 1.0);
        });
        constexpr Real least_weight = static_cast<Real>(1e-6);
        for (std::size_t i = 0; i < count; ++i) {
          const Real weight = std::max(mixer.divisor(i), least_weight);
          out[begin + i] = piece.base[begin + i] + mixer.mixed(i) / weight;
        }
      });
    }

   private:
    /// Calls `visit(i, delta)` with what is selected of each input's task vector.
    template <class Visitor>
    void for_each_selected(const tile<Real>& piece, std::size_t begin, std::size_t count,
                           Visitor&& visit) const {
      std::array<Real, block_elements> kept, delta;
      selection_.mask(piece.inputs, piece.base, begin, count, piece.first + begin, kept.data());
      const delta_block<Real> block{{delta.data(), count}};
      for (std::size_t i = 0; i < piece.inputs.size(); ++i) {
        take_delta(piece.inputs[i] + begin, piece.base + begin, block);
        for (std::size_t j = 0; j < count; ++j) delta[j] *= kept[j];
        visit(i, delta_block<const Real>{block.values});
      }
    }

    void take_weights(std::span<const exact_sum> squares) {
      constexpr double negligible = 1e-6;
      const double elements = static_cast<double>(std::max<std::uint64_t>(elements_, 1));
      double total = 0;
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        weights_[i] = in_summary(squares[i].value() / elements);
        total += weights_[i];
      }
      total = in_summary(total);
      for (double& weight : weights_) {
        weight = total < negligible ? 1 / static_cast<double>(weights_.size()) : weight / total;
      }
    }

    static double in_summary(double x) {
      return static_cast<double>(static_cast<summary<Real>>(x));
    }

    std::uint64_t elements_;
    selection selection_;
    std::span<double> weights_;
    bool weighted_ = false;
  };
};

}  // namespace tensormerge
