#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// multislerp in a rounded type, which takes every step of the definition: directions, their mean,
/// the tangents at the mean and the way back to the sphere, all of which are rounded.
/// Cost: five passes.
template <class Real>
class rounded_multislerp {
  static_assert(is_rounded<Real>);

 public:
  class statistic {
   public:
    explicit statistic(std::span<exact_sum> sums) : sums_(sums) {}
    void combine(const statistic& other) {
      for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i].combine(other.sums_[i]);
    }
    void clear() { std::fill(sums_.begin(), sums_.end(), exact_sum{}); }

   private:
    friend rounded_multislerp;
    std::span<exact_sum> sums_;  // the first alone where a round is of one number
  };

  static constexpr std::size_t scratch_bytes(std::size_t inputs) {
    return 4 * scratch::bytes_for<Real>(inputs);
  }
  static constexpr std::size_t statistic_bytes(std::size_t inputs) {
    return scratch::bytes_for<exact_sum>(inputs);
  }

  template <class Parameters, class InputParameters>
  rounded_multislerp(const Parameters& shared, std::span<const InputParameters> inputs,
                     const tensor_facts&, scratch& memory)
      : eps_(static_cast<float>(shared.eps)),
        weights_(memory.make<Real>(
            inputs.size(), [&](std::size_t i) { return static_cast<Real>(inputs[i].weight); })),
        norms_(memory.take<Real>(inputs.size())),
        lengths_(memory.take<Real>(inputs.size())),
        dots_(memory.take<Real>(inputs.size())),
        round_(inputs.size() == 1 ? done : norms) {
    if (!shared.normalize_weights) return;
    const Real total = sum([&](std::size_t i) { return weights_[i]; });
    for (Real& weight : weights_) weight /= total;
    if (total == 0) {
      problem_ = "the weights sum to zero; change them or set normalize_weights to false";
    }
  }

  statistic make_statistic(scratch& memory) const {
    return statistic(memory.take<exact_sum>(weights_.size()));
  }
  bool wants_observation() const { return round_ != done; }
  const char* problem() const { return problem_; }

  void observe(const tile<Real>& piece, statistic& seen) const {
    for_each_block(piece, [&](std::size_t begin, std::size_t count) {
      const auto add = [&](std::size_t place, auto term) {
        seen.sums_[place].add(detail::sum_in_lanes(
            count, [&](std::size_t k) { return static_cast<double>(term(begin + k)); }));
      };
      const auto square = [](Real x) { return static_cast<double>(x) * static_cast<double>(x); };
      for (std::size_t i = 0; i < weights_.size(); ++i) {
        if (round_ == norms) add(i, [&](std::size_t k) { return square(delta(piece, i, k)); });
        if (round_ == dots) {
          add(i, [&](std::size_t k) { return direction(piece, i, k) * mean(piece, k); });
        }
      }
      if (round_ == mean_norm) add(0, [&](std::size_t k) { return square(sum_of(piece, k)); });
      if (round_ == tangent_norm) add(0, [&](std::size_t k) { return square(tangent(piece, k)); });
    });
  }

  void conclude(const statistic& seen) {
    const auto root = [&](std::size_t i) {
      return static_cast<Real>(std::sqrt(seen.sums_[i].value()));
    };
    switch (round_) {
      case norms:
        for (std::size_t i = 0; i < norms_.size(); ++i) {
          norms_[i] = root(i);
          lengths_[i] = with_eps(norms_[i]);
        }
        mean_length_ = sum([&](std::size_t i) { return norms_[i] * weights_[i]; });
        round_ = mean_norm;
        return;
      case mean_norm:
        mean_norm_ = root(0);
        straight_ = static_cast<float>(mean_norm_) < eps_;
        if (straight_ && weights_.size() > 2) {
          problem_ = "the weighted directions cancel out, or all inputs equal the base; change the "
                     "weights";
        }
        round_ = straight_ ? done : dots;
        return;
      case dots:
        for (std::size_t i = 0; i < dots_.size(); ++i) {
          dots_[i] = static_cast<Real>(seen.sums_[i].value());
        }
        round_ = tangent_norm;
        return;
      case tangent_norm: {
        const Real angle = with_eps(root(0));
        const auto in_float = [](Real x, auto function) {
          return static_cast<Real>(function(static_cast<float>(x)));
        };
        cosine_ = in_float(angle, [](float x) { return std::cos(x); });
        sine_by_angle_ = in_float(angle, [](float x) { return std::sin(x); }) / angle;
        round_ = done;
        return;
      }
      case done: return;
    }
  }

  void apply(const tile<Real>& piece, Real* out) const {
    if (weights_.size() == 1) {
      std::copy_n(piece.inputs[0], piece.size, out);
      return;
    }
    for (std::size_t k = 0; k < piece.size; ++k) {
      const Real moved =
          straight_ ? delta(piece, 0, k) * weights_[0] + delta(piece, 1, k) * weights_[1]
                    : (mean(piece, k) * cosine_ + tangent(piece, k) * sine_by_angle_) *
                          mean_length_;
      out[k] = piece.base == nullptr ? moved : moved + piece.base[k];
    }
  }

 private:
  enum round { norms, mean_norm, dots, tangent_norm, done };

  static Real delta(const tile<Real>& piece, std::size_t i, std::size_t k) {
    return piece.base == nullptr ? piece.inputs[i][k] : piece.inputs[i][k] - piece.base[k];
  }
  Real direction(const tile<Real>& piece, std::size_t i, std::size_t k) const {
    return delta(piece, i, k) / lengths_[i];
  }
  /// The mean direction before it has a length of one.
  Real sum_of(const tile<Real>& piece, std::size_t k) const {
    return sum([&](std::size_t i) { return direction(piece, i, k) * weights_[i]; });
  }
  Real mean(const tile<Real>& piece, std::size_t k) const {
    return sum_of(piece, k) / mean_norm_;
  }
  Real tangent(const tile<Real>& piece, std::size_t k) const {
    const Real at = mean(piece, k);
    return sum([&](std::size_t i) {
      return (direction(piece, i, k) - dots_[i] * at) * weights_[i];
    });
  }

  /// Over the models, in the accumulator.
  template <class Term>
  Real sum(Term term) const {
    accumulator<Real> total = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      total += static_cast<accumulator<Real>>(term(i));
    }
    return static_cast<Real>(total);
  }
  Real with_eps(Real x) const { return static_cast<Real>(static_cast<float>(x) + eps_); }

  float eps_;
  std::span<Real> weights_;
  std::span<Real> norms_;
  std::span<Real> lengths_;  // with eps
  std::span<Real> dots_;     // of each direction and the mean
  round round_;
  Real mean_length_, mean_norm_, cosine_, sine_by_angle_;
  bool straight_ = false;
  const char* problem_ = nullptr;
};

}  // namespace tensormerge
