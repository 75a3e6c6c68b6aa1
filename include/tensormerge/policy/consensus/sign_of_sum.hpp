#pragma once

#include <array>
#include <cstddef>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// At each element only those models take part whose weighted delta has the sign of the sum over
/// all models; a zero sum counts as positive, and a zero never takes part. The vote is taken in
/// double, so that rounding does not decide it. Models consensus.
/// Ref: Yadav et al. 2023, "TIES-Merging" (arXiv 2306.01708), "elect sign by total mass".
struct sign_of_sum {
  template <class Real>
  class mixer {
    using sum = accumulator<Real>;

   public:
    mixer(std::size_t, bool divides) : divides_(divides) {}

    void add(double weight, delta_block<const Real> delta) { add(weight, delta, weight); }

    /// The same where a model's vote has a weight of its own.
    void add(double weight, delta_block<const Real> delta, double vote_weight) {
      const Real factor = static_cast<Real>(weight);
      const auto vote = [&](std::size_t i) {
        return static_cast<double>(static_cast<summary<Real>>(vote_weight) *
                                   static_cast<summary<Real>>(delta[i]));
      };
      // Clearing the sums beforehand would take a fifth of the time of two models.
      if (is_first_) {
        for (std::size_t i = 0; i < delta.size(); ++i) votes_[i] = vote(i);
        take_part(factor, delta, [](sum& total, sum term) { total = 0 + term; });
        is_first_ = false;
        return;
      }
      // Two loops, so that products are rounded before they are added on every machine: a fused
      // operation would break ties that cancel exactly.
      std::array<double, block_elements> product;
      for (std::size_t i = 0; i < delta.size(); ++i) product[i] = vote(i);
      for (std::size_t i = 0; i < delta.size(); ++i) votes_[i] += product[i];
      take_part(factor, delta, [](sum& total, sum term) { total += term; });
    }

    Real mixed(std::size_t i) const {
      return static_cast<Real>(votes_[i] >= 0 ? positive_[i] : negative_[i]);
    }
    Real divisor(std::size_t i) const {
      const Real weight =
          static_cast<Real>(votes_[i] >= 0 ? positive_weight_[i] : negative_weight_[i]);
      return weight == 0 ? Real{1} : weight;
    }

   private:
    /// Gives each weighted delta and its weight to the sums of its sign.
    template <class Add>
    void take_part(Real factor, delta_block<const Real> delta, Add add) {
      for (std::size_t i = 0; i < delta.size(); ++i) {
        const Real weighted = factor * delta[i];
        // A NaN is on both sides, so that it is seen in the result.
        add(positive_[i], static_cast<sum>(weighted < 0 ? Real{0} : weighted));
        add(negative_[i], static_cast<sum>(weighted > 0 ? Real{0} : weighted));
      }
      if (!divides_) return;
      for (std::size_t i = 0; i < delta.size(); ++i) {
        const Real weighted = factor * delta[i];
        add(positive_weight_[i], static_cast<sum>(weighted > 0 ? factor : Real{0}));
        add(negative_weight_[i], static_cast<sum>(weighted < 0 ? factor : Real{0}));
      }
    }

    bool divides_;
    bool is_first_ = true;
    std::array<double, block_elements> votes_;
    std::array<sum, block_elements> positive_, negative_, positive_weight_, negative_weight_;
  };
};

}  // namespace tensormerge
