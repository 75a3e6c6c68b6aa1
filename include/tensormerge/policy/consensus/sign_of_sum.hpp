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
    explicit mixer(std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        votes_[i] = 0;
        positive_[i] = negative_[i] = positive_weight_[i] = negative_weight_[i] = 0;
      }
    }

    void add(double weight, delta_block<const Real> delta) { add(weight, delta, weight); }

    /// The same where a model's vote has a weight of its own.
    void add(double weight, delta_block<const Real> delta, double vote_weight) {
      const Real factor = static_cast<Real>(weight);
      // Two loops, so that products are rounded before they are added on every machine: a fused
      // operation would break ties that cancel exactly.
      std::array<double, block_elements> vote;
      for (std::size_t i = 0; i < delta.size(); ++i) {
        vote[i] = static_cast<double>(static_cast<summary<Real>>(vote_weight) *
                                      static_cast<summary<Real>>(delta[i]));
      }
      for (std::size_t i = 0; i < delta.size(); ++i) votes_[i] += vote[i];
      for (std::size_t i = 0; i < delta.size(); ++i) {
        const Real weighted = factor * delta[i];
        // A NaN is on both sides, so that it is seen in the result.
        positive_[i] += static_cast<sum>(weighted < 0 ? Real{0} : weighted);
        negative_[i] += static_cast<sum>(weighted > 0 ? Real{0} : weighted);
        positive_weight_[i] += static_cast<sum>(weighted > 0 ? factor : Real{0});
        negative_weight_[i] += static_cast<sum>(weighted < 0 ? factor : Real{0});
      }
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
    std::array<double, block_elements> votes_;
    std::array<sum, block_elements> positive_, negative_, positive_weight_, negative_weight_;
  };
};

}  // namespace tensormerge
