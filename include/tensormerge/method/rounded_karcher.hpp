#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// karcher in a rounded type: directions and every point and tangent on the way are rounded,
/// norms and the coefficients by which a tensor is divided are float. A step depends on the tensor
/// of the one before, which is made anew from the inputs, element by element.
/// Cost: three passes for each step, the n-th of which makes n points.
template <class Real>
class rounded_karcher {
  static_assert(is_rounded<Real>);

  /// What takes one point to the next, the coefficients of the directions apart.
  struct step {
    float norm = 1;    // of the tangent
    float length = 1;  // of the new point, before it is divided by it
  };
  /// How much of one direction goes into the tangent.
  struct pull {
    Real dot{};     // with the point
    Real factor{};  // 0: none
  };

 public:
  class statistic {
   public:
    explicit statistic(std::span<exact_sum> sums) : sums_(sums) {}
    void combine(const statistic& other) {
      for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i].combine(other.sums_[i]);
    }
    void clear() { std::fill(sums_.begin(), sums_.end(), exact_sum{}); }

   private:
    friend rounded_karcher;
    std::span<exact_sum> sums_;  // the first alone where a round is of one number
  };

  template <class Parameters>
  static std::size_t scratch_bytes(std::size_t inputs, const Parameters& shared,
                                   const tensor_facts&) {
    return scratch::bytes_for<float>(inputs) + scratch::bytes_for<step>(steps_of(shared)) +
           scratch::bytes_for<pull>(steps_of(shared) * inputs);
  }
  template <class Parameters>
  static std::size_t statistic_bytes(std::size_t inputs, const Parameters&, const tensor_facts&) {
    return scratch::bytes_for<exact_sum>(inputs);
  }

  template <class Parameters, class InputParameters>
  rounded_karcher(const Parameters& shared, std::span<const InputParameters> inputs,
                  const tensor_facts&, scratch& memory)
      : tol_(shared.tol),
        norms_(memory.take<float>(inputs.size())),
        steps_(memory.take<step>(steps_of(shared))),
        pulls_(memory.take<pull>(steps_of(shared) * inputs.size())),
        round_(inputs.size() == 1 ? done : norms) {}

  statistic make_statistic(scratch& memory) const {
    return statistic(memory.take<exact_sum>(norms_.size()));
  }
  bool wants_observation() const { return round_ != done; }

  void observe(const tile<Real>& piece, statistic& seen) const {
    for_each_block(piece, [&](std::size_t begin, std::size_t count) {
      const auto add = [&](std::size_t place, auto term) {
        seen.sums_[place].add(
            detail::sum_in_lanes(count, [&](std::size_t k) { return term(begin + k); }));
      };
      const auto product = [](Real x, Real y) {
        return static_cast<double>(x) * static_cast<double>(y);
      };
      const auto square = [&](Real x) { return product(x, x); };
      for (std::size_t i = 0; i < norms_.size(); ++i) {
        if (round_ == norms) add(i, [&](std::size_t k) { return square(piece.inputs[i][k]); });
        if (round_ == dots && counts(i)) {
          add(i, [&](std::size_t k) {
            return product(point(piece, k, done_), direction(piece, i, k));
          });
        }
      }
      if (round_ == start) add(0, [&](std::size_t k) { return square(sum_of(piece, k)); });
      if (round_ == tangent_norm) {
        add(0, [&](std::size_t k) {
          return square(tangent(piece, k, point(piece, k, done_), done_));
        });
      }
      if (round_ == length) {
        add(0, [&](std::size_t k) {
          return square(moved(piece, k, point(piece, k, done_), done_));
        });
      }
    });
  }

  void conclude(const statistic& seen) {
    const auto root = [&](std::size_t i) {
      return static_cast<float>(std::sqrt(seen.sums_[i].value()));
    };
    switch (round_) {
      case norms:
        for (std::size_t i = 0; i < norms_.size(); ++i) norms_[i] = root(i);
        directions_ = 0;
        for (std::size_t i = norms_.size(); i-- > 0;) {
          if (!counts(i)) continue;
          ++directions_;
          first_ = i;
        }
        share_ = 1 / static_cast<float>(directions_);
        round_ = directions_ == 0 ? done : start;
        return;
      case start:
        start_length_ = root(0);
        round_ = steps_.empty() ? done : dots;
        return;
      case dots: take_pulls(seen); return;
      case tangent_norm:
        steps_[done_].norm = root(0);
        round_ = static_cast<double>(steps_[done_].norm) < tol_ ? done : length;
        return;
      case length: {
        const float found = root(0);
        if (static_cast<double>(found) > tol_) steps_[done_].length = found;
        ++done_;
        round_ = done_ == steps_.size() ? done : dots;
        return;
      }
      case done: return;
    }
  }

  void apply(const tile<Real>& piece, Real* out) const {
    if (norms_.size() == 1) {
      std::copy_n(piece.inputs[0], piece.size, out);
      return;
    }
    float mean_norm = 0;
    const float share = 1 / static_cast<float>(norms_.size());
    for (const float norm : norms_) mean_norm += share * norm;
    const Real scale(mean_norm);
    for (std::size_t k = 0; k < piece.size; ++k) {
      out[k] = directions_ == 0 ? Real{0} * piece.inputs[0][k] : scale * point(piece, k, done_);
    }
  }

 private:
  enum round { norms, start, dots, tangent_norm, length, done };

  template <class Parameters>
  static std::size_t steps_of(const Parameters& shared) {
    // Memory is taken for all steps beforehand; a mean that is not found after so many is not found.
    constexpr std::int64_t most_steps = 10'000;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(shared.max_iter, 0, most_steps));
  }

  bool counts(std::size_t i) const { return !(static_cast<double>(norms_[i]) <= tol_); }

  Real direction(const tile<Real>& piece, std::size_t i, std::size_t k) const {
    return static_cast<Real>(static_cast<float>(piece.inputs[i][k]) / norms_[i]);
  }

  /// The mean of the directions, before it has a length of one.
  Real sum_of(const tile<Real>& piece, std::size_t k) const {
    Real sum = 0;
    for (std::size_t i = 0; i < norms_.size(); ++i) {
      if (counts(i)) sum += share_ * direction(piece, i, k);
    }
    return sum;
  }

  /// The point after so many steps.
  Real point(const tile<Real>& piece, std::size_t k, std::size_t steps) const {
    Real at = static_cast<double>(start_length_) < tol_
                  ? direction(piece, first_, k)
                  : static_cast<Real>(static_cast<float>(sum_of(piece, k)) / start_length_);
    for (std::size_t i = 0; i < steps; ++i) {
      at = static_cast<Real>(static_cast<float>(moved(piece, k, at, i)) / steps_[i].length);
    }
    return at;
  }

  Real tangent(const tile<Real>& piece, std::size_t k, Real at, std::size_t number) const {
    Real sum = 0;
    for (std::size_t i = 0; i < norms_.size(); ++i) {
      const pull& of = pulls_[number * norms_.size() + i];
      if (of.factor != 0) sum += of.factor * (direction(piece, i, k) - of.dot * at);
    }
    return sum;
  }

  Real moved(const tile<Real>& piece, std::size_t k, Real at, std::size_t number) const {
    const float norm = steps_[number].norm;
    const Real along =
        static_cast<Real>(static_cast<float>(tangent(piece, k, at, number)) / norm);
    // Scalars on the left of a product are rounded, those that divide are not.
    return static_cast<Real>(std::cos(norm)) * at + static_cast<Real>(std::sin(norm)) * along;
  }

  void take_pulls(const statistic& seen) {
    const auto in_float = [](Real x, auto function) {
      return static_cast<Real>(function(static_cast<float>(x)));
    };
    for (std::size_t i = 0; i < norms_.size(); ++i) {
      pull& of = pulls_[done_ * norms_.size() + i];
      of = {};
      if (!counts(i)) continue;
      of.dot = std::clamp(static_cast<Real>(seen.sums_[i].value()), Real{-1}, Real{1});
      const Real angle = in_float(of.dot, [](float x) { return std::acos(x); });
      if (static_cast<double>(angle) < tol_) continue;
      of.factor = share_ * (angle / in_float(angle, [](float x) { return std::sin(x); }));
    }
    round_ = tangent_norm;
  }

  double tol_;
  std::span<float> norms_;
  std::span<step> steps_;
  std::span<pull> pulls_;  // those of the first step, then of the second, ...
  round round_;
  std::size_t directions_ = 0;  // that count
  std::size_t first_ = 0;
  std::size_t done_ = 0;  // steps
  float share_ = 0;
  float start_length_ = 0;
};

}  // namespace tensormerge
