#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/interpolate/displaced_sum.hpp>
#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/policy/interpolate/gram_solver.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/policy/interpolate/weighted_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// A weighted sum of the inputs, or of their differences from the base, whose coefficients a solver
/// finds in the matrix of inner products of the whole tensors:
/// out = sum(c_i * input_i), or base + sum(c_i * (input_i - base)).
/// An only input is the result, unchanged. Cost: two passes, one where there is one input.
template <class Solver, class Parameters, class InputParameters>
struct gram_merge {
  using parameters = Parameters;
  using input_parameters = InputParameters;

  template <class Real>
  class kernel {
    static_assert(gram_solver<Solver, Parameters, InputParameters>,
                  "tensormerge: a solver needs the members that "
                  "policy/interpolate/gram_solver.hpp lists");

   public:
    class statistic {
     public:
      statistic(std::size_t inputs, scratch& memory) : products_(inputs, memory) {}
      void combine(const statistic& other) { products_.combine(other.products_); }
      void clear() { products_.clear(); }

     private:
      friend kernel;
      gram_matrix products_;
    };

    static constexpr std::size_t scratch_bytes(std::size_t inputs) {
      return Solver::scratch_bytes(inputs) + scratch::bytes_for<double>(inputs) +
             scratch::bytes_for<accumulator<Real>>(inputs);
    }
    static constexpr std::size_t statistic_bytes(std::size_t inputs) {
      return gram_matrix::scratch_bytes(inputs);
    }

    kernel(const parameters& shared, std::span<const input_parameters> inputs, const tensor_facts&,
           scratch& memory)
        : solver_(shared, inputs, memory),
          exact_(memory.take<double>(inputs.size())),
          coefficients_(memory.take<accumulator<Real>>(inputs.size())),
          concluded_(inputs.size() == 1) {}

    statistic make_statistic(scratch& memory) const { return {coefficients_.size(), memory}; }
    bool wants_observation() const { return !concluded_; }
    const char* problem() const { return problem_; }

    using reads_stored = kernel;
    static constexpr std::size_t most_observed_stored = 2;
    template <class Element>
    void observe(const tile<Real, Element>& piece, statistic& seen) const {
      for_each_block(piece, [&](std::size_t begin, std::size_t count) {
        if (Solver::of_deltas && piece.base != nullptr) {
          seen.products_.template add_deltas<Real, Element>(piece.inputs, piece.base, begin, count);
        } else {
          seen.products_.template add<Real, Element>(piece.inputs, begin, count);
        }
      });
    }

    void conclude(const statistic& seen) {
      problem_ = solver_.solve(seen.products_, exact_);
      std::transform(exact_.begin(), exact_.end(), coefficients_.begin(),
                     [](double c) { return static_cast<accumulator<Real>>(c); });
      concluded_ = true;
    }

    using form_of = kernel;
    weighted_form<Real> form() const
      requires(!is_rounded<Real>)
    {
      if (coefficients_.size() == 1) return {};  // copied
      using of = typename weighted_form<Real>::of;
      return {.terms = Solver::of_deltas ? of::deltas : of::inputs, .coefficients = coefficients_};
    }

    void apply(const tile<Real>& piece, Real* out) const {
      if (piece.inputs.size() == 1) {
        std::copy_n(piece.inputs[0], piece.size, out);
      } else if (Solver::of_deltas && piece.base != nullptr) {
        displaced_sum<Real>(piece.inputs, piece.base, coefficients_, out, piece.size);
      } else {
        weighted_sum<Real>(piece.inputs, coefficients_, out, piece.size);
      }
    }

   protected:
    std::size_t inputs() const { return coefficients_.size(); }
    static double product(const statistic& seen, std::size_t i, std::size_t j) {
      return seen.products_(i, j);
    }

   private:
    Solver solver_;
    std::span<double> exact_;
    std::span<accumulator<Real>> coefficients_;
    bool concluded_;
    const char* problem_ = nullptr;
  };

  /// An only input is copied.
  static bool copies(const input_parameters&) { return true; }
};

}  // namespace tensormerge
