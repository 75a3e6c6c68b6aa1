#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/consensus/consensus.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

namespace detail {

/// The sums of the weighted deltas of either sign and, if wanted, of their weights.
template <class Real>
class sums_by_sign {
  using sum = accumulator<Real>;

 public:
  explicit sums_by_sign(bool has_weights) : has_weights_(has_weights) {}

  void add(double weight, delta_block<const Real> delta) {
    const Real factor = static_cast<Real>(weight);
    if (models_++ == 0) {  // clearing the sums beforehand would take a fifth of the time of two
      add(factor, delta, [](sum& total, sum term) { total = 0 + term; });
    } else {
      add(factor, delta, [](sum& total, sum term) { total += term; });
    }
  }

  std::size_t models() const { return models_; }
  sum positive(std::size_t i) const { return positive_[i]; }
  sum negative(std::size_t i) const { return negative_[i]; }

  /// What `mixed` and `divisor` of a mixer are for a sign.
  Real mixed(std::size_t i, bool is_positive) const {
    return static_cast<Real>(is_positive ? positive_[i] : negative_[i]);
  }
  Real divisor(std::size_t i, bool is_positive) const {
    const Real weight = static_cast<Real>(is_positive ? positive_weight_[i] : negative_weight_[i]);
    return weight == 0 ? Real{1} : weight;
  }

 private:
  template <class Add>
  void add(Real factor, delta_block<const Real> delta, Add add) {
    for (std::size_t i = 0; i < delta.size(); ++i) {
      const Real weighted = factor * delta[i];
      // A NaN is on both sides, so that it is seen in the result.
      add(positive_[i], static_cast<sum>(weighted < 0 ? Real{0} : weighted));
      add(negative_[i], static_cast<sum>(weighted > 0 ? Real{0} : weighted));
    }
    if (!has_weights_) return;
    for (std::size_t i = 0; i < delta.size(); ++i) {
      const Real weighted = factor * delta[i];
      add(positive_weight_[i], static_cast<sum>(weighted > 0 ? factor : Real{0}));
      add(negative_weight_[i], static_cast<sum>(weighted < 0 ? factor : Real{0}));
    }
  }

  bool has_weights_;
  std::size_t models_ = 0;
  std::array<sum, block_elements> positive_, negative_, positive_weight_, negative_weight_;
};

}  // namespace detail

/// At each element only those models take part whose weighted delta has the sign of the sum over
/// all models; a zero sum counts as positive, and a zero never takes part. The vote is taken in
/// double, so that rounding does not decide it. Models consensus.
/// Ref: Yadav et al. 2023, "TIES-Merging" (arXiv 2306.01708), "elect sign by total mass".
struct sign_of_sum {
  using mixes_two = sign_of_sum;

  /// Of two with one sign the sum, of others the one that outweighs. No product is added by itself,
  /// which a compiler may fuse: that would break ties, and the mixer's sums are not fused either.
  /// Of infinities of opposite signs it makes a NaN.
  template <class Real>
  static Real of_two(Real x, Real y) {
    const Real more = x > y ? x : y, less = x > y ? y : x, sum = more + less;
    const Real highest = more > sum ? more : sum, lowest = less < sum ? less : sum;
    return 0 + (sum >= 0 ? highest : lowest);
  }

  /// Whether the vote of two rounded products is that of the mixer: only where they nearly cancel
  /// may the rounding of weights and products turn it, or what products lose that are below the
  /// least normal number. In double the mixer's vote is that of the products.
  template <std::same_as<float> Real>
  static bool is_sure(Real x, Real y) {
    constexpr Real rounding = 8 * std::numeric_limits<Real>::epsilon();
    const Real more = x > y ? x : y, less = x > y ? y : x;
    const Real unsure =
        x == y ? Real{-1} : rounding * (more - less) + std::numeric_limits<Real>::min();
    return std::abs(more + less) > unsure;
  }

  template <class Real>
  class mixer {
   public:
    mixer(std::size_t, bool divides) : sums_(divides) {}

    void add(double weight, delta_block<const Real> delta) { add(weight, delta, weight); }

    /// The same where a model's vote has a weight of its own.
    void add(double weight, delta_block<const Real> delta, double vote_weight) {
      const auto vote = [&](std::size_t i) {
        return static_cast<double>(static_cast<summary<Real>>(vote_weight) *
                                   static_cast<summary<Real>>(delta[i]));
      };
      if (sums_.models() == 0) {
        for (std::size_t i = 0; i < delta.size(); ++i) votes_[i] = vote(i);
      } else {
        // Two loops, so that products are rounded before they are added on every machine: a fused
        // operation would break ties that cancel exactly.
        std::array<double, block_elements> product;
        for (std::size_t i = 0; i < delta.size(); ++i) product[i] = vote(i);
        for (std::size_t i = 0; i < delta.size(); ++i) votes_[i] += product[i];
      }
      sums_.add(weight, delta);
    }

    Real mixed(std::size_t i) const { return sums_.mixed(i, votes_[i] >= 0); }
    Real divisor(std::size_t i) const { return sums_.divisor(i, votes_[i] >= 0); }

   private:
    detail::sums_by_sign<Real> sums_;
    std::array<double, block_elements> votes_;
  };

  using mixes_quickly = sign_of_sum;

  /// Takes the vote by the sums themselves, whose rounding seldom matters.
  template <class Real>
  class quick_mixer {
    static_assert(!is_rounded<Real>);

   public:
    quick_mixer(std::size_t count, bool divides) : count_(count), sums_(divides) {}

    void add(double weight, delta_block<const Real> delta) {
      is_rough_ = is_rough_ || !holds_weight<Real>(weight);
      sums_.add(weight, delta);
    }

    /// Each model rounds its weight, its product and the sum at most once, here as in the mixer's
    /// vote: where the sum of both signs is larger than what that can make of the sum of
    /// magnitudes, the signs agree. What products below the least normal number lose is far below
    /// that number. Where all products are zero, the sign does not matter.
    bool is_certain() const {
      const Real rounding = static_cast<Real>(sums_.models() + 4) *
                            std::numeric_limits<Real>::epsilon();
      // As wide as a Real, so that the loop vectorises.
      std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t> open = is_rough_ ? 1 : 0;
      for (std::size_t i = 0; i < count_; ++i) {
        const Real size = sums_.positive(i) - sums_.negative(i);
        const Real unsure = size == 0 ? Real{-1} : rounding * size + least;
        open |= std::abs(vote(i)) > unsure ? 0u : 1u;
      }
      return open == 0;
    }

    Real mixed(std::size_t i) const { return sums_.mixed(i, vote(i) >= 0); }
    Real divisor(std::size_t i) const { return sums_.divisor(i, vote(i) >= 0); }

   private:
    static constexpr Real least = std::numeric_limits<Real>::min();

    Real vote(std::size_t i) const { return sums_.positive(i) + sums_.negative(i); }

    std::size_t count_;
    bool is_rough_ = false;
    detail::sums_by_sign<Real> sums_;
  };
};

}  // namespace tensormerge
