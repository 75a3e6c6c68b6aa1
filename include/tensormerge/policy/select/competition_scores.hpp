#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>

#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/policy/elementary/exponential.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// How each element of a task vector fares in the competition with the others of its model and with
/// the same element of the other models. With d_i the n task vectors and N(x) = (x - min) / (max -
/// min) over the whole tensor,
/// score_i = softmax(n N(d_i^2)) * sum over j of softmax(N(d_i d_j)),
/// where softmax, too, goes over the whole tensor. Computed in double.
/// Two rounds of observation: the ranges of all products, then the sums of their exponentials.
/// Cost: n + 1 exponentials an element and model.
/// Ref: Du et al. 2024, "Parameter Competition Balancing for Model Merging" (arXiv 2410.02396),
/// intra-balancing and inter-balancing.
class competition_scores {
  struct range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
  };
  /// What makes a softmax of a product: exp((product - high) * steepness) * share.
  struct softmax {
    double high = 0;
    double steepness = 0;
    double share = 1;
  };

 public:
  class statistic {
   public:
    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return scratch::bytes_for<range>(pairs(inputs)) +
             scratch::bytes_for<exact_sum>(pairs(inputs) + inputs);
    }
    statistic(std::size_t inputs, scratch& memory)
        : ranges_(memory.take<range>(pairs(inputs))),
          sums_(memory.take<exact_sum>(pairs(inputs) + inputs)) {}

    void combine(const statistic& other) {
      for (std::size_t i = 0; i < ranges_.size(); ++i) {
        ranges_[i].low = std::min(ranges_[i].low, other.ranges_[i].low);
        ranges_[i].high = std::max(ranges_[i].high, other.ranges_[i].high);
      }
      for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i].combine(other.sums_[i]);
      special_ += other.special_;
    }
    void clear() {
      std::fill(ranges_.begin(), ranges_.end(), range{});
      for (exact_sum& sum : sums_) sum = {};
      special_ = 0;
    }

   private:
    friend competition_scores;
    std::span<range> ranges_;
    std::span<exact_sum> sums_;  // of the pairs, then of each model with itself alone
    double special_ = 0;         // NaN where a task vector is not finite
  };

  static constexpr std::size_t scratch_bytes(std::size_t inputs) {
    return scratch::bytes_for<softmax>(pairs(inputs) + inputs);
  }

  competition_scores(std::size_t inputs, scratch& memory)
      : inputs_(inputs), terms_(memory.take<softmax>(pairs(inputs) + inputs)) {}

  bool wants_observation() const { return rounds_ < 2; }

  /// Whether a task vector has a NaN or an infinity, with which there are no scores.
  bool undefined() const { return undefined_; }

  /// Observes `count` elements of a tile from `begin` on.
  template <class Real>
  void observe(const tile<Real>& piece, std::size_t begin, std::size_t count,
               statistic& seen) const {
    block one, other;
    for (std::size_t i = 0; i < inputs_; ++i) {
      take(piece, i, begin, count, one);
      for (std::size_t j = 0; j <= i; ++j) {
        take(piece, j, begin, count, other);
        for (std::size_t k = 0; k < count; ++k) other[k] *= one[k];
        if (rounds_ == 0) add_range(other, count, seen.ranges_[pair(i, j)], seen.special_);
        else add_sums(other, count, i, j, seen);
      }
    }
  }

  void conclude(const statistic& seen) {
    if (rounds_ == 0) {
      undefined_ = seen.special_ != 0;
      for (std::size_t i = 0; i < inputs_; ++i) {
        for (std::size_t j = 0; j <= i; ++j) terms_[pair(i, j)] = term_of(seen.ranges_[pair(i, j)]);
        softmax& alone = terms_[pairs(inputs_) + i];
        alone = terms_[pair(i, i)];
        alone.steepness *= static_cast<double>(inputs_);
      }
    } else {
      for (std::size_t i = 0; i < terms_.size(); ++i) terms_[i].share = 1 / seen.sums_[i].value();
    }
    ++rounds_;
  }

  /// The scores of `count` elements of a model from `begin` on, and its task vector there.
  template <class Real>
  void score(const tile<Real>& piece, std::size_t model, std::size_t begin, std::size_t count,
             double* scores, double* delta) const {
    block one, other;
    take(piece, model, begin, count, one);
    std::fill_n(scores, count, 0.0);
    for (std::size_t j = 0; j < inputs_; ++j) {
      take(piece, j, begin, count, other);
      const softmax& term = terms_[model >= j ? pair(model, j) : pair(j, model)];
      for (std::size_t k = 0; k < count; ++k) other[k] *= one[k];
      for (std::size_t k = 0; k < count; ++k) scores[k] += of(term, other[k]) * term.share;
    }
    const softmax& alone = terms_[pairs(inputs_) + model];
    for (std::size_t k = 0; k < count; ++k) other[k] = one[k] * one[k];
    for (std::size_t k = 0; k < count; ++k) scores[k] *= of(alone, other[k]) * alone.share;
    std::copy_n(one.begin(), count, delta);
  }

 private:
  using block = std::array<double, block_elements>;

  static constexpr std::size_t pairs(std::size_t n) { return n * (n + 1) / 2; }
  static constexpr std::size_t pair(std::size_t i, std::size_t j) { return i * (i + 1) / 2 + j; }

  static double of(const softmax& term, double product) {
    return exponential((product - term.high) * term.steepness);
  }

  static softmax term_of(const range& products) {
    const double spread = products.high - products.low;
    return {.high = products.high, .steepness = spread > 0 ? 1 / spread : 0};
  }

  template <class Real>
  static void take(const tile<Real>& piece, std::size_t input, std::size_t begin,
                   std::size_t count, block& delta) {
    const Real* weights = piece.inputs[input] + begin;
    const Real* base = piece.base + begin;
    for (std::size_t k = 0; k < count; ++k) {
      delta[k] = static_cast<double>(weights[k]) - static_cast<double>(base[k]);
    }
  }

  static void add_range(const block& products, std::size_t count, range& seen, double& special) {
    for (std::size_t k = 0; k < count; ++k) {
      seen.low = std::min(seen.low, products[k]);
      seen.high = std::max(seen.high, products[k]);
      special += products[k] - products[k];
    }
  }

  void add_sums(const block& products, std::size_t count, std::size_t i, std::size_t j,
                statistic& seen) const {
    const auto add = [&](std::size_t place) {
      const softmax& term = terms_[place];
      seen.sums_[place].add(
          detail::sum_in_lanes(count, [&](std::size_t k) { return of(term, products[k]); }));
    };
    add(pair(i, j));
    if (i == j) add(pairs(inputs_) + i);
  }

  std::size_t inputs_;
  std::span<softmax> terms_;  // of the pairs, then of each model with itself alone
  int rounds_ = 0;
  bool undefined_ = false;
};

}  // namespace tensormerge
