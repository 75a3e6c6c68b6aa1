#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/method/merge_method.hpp>
#include <tensormerge/policy/interpolate/arc.hpp>
#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/policy/interpolate/weighted_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// A weighted sum of the base and one input whose two coefficients follow from a parameter `t` and
/// the three inner products of the whole tensors.
/// `Path::coefficients(t, base_base, input_input, base_input)` -> two_coefficients.
/// Cost: two passes.
template <class Path, class Real>
class two_vector_kernel {
 public:
  class statistic {
   public:
    explicit statistic(scratch& memory) : products_(2, memory) {}
    void combine(const statistic& other) { products_.combine(other.products_); }
    void clear() { products_.clear(); }

   private:
    friend two_vector_kernel;
    gram_matrix products_;
  };

  static constexpr std::size_t scratch_bytes(std::size_t) { return 0; }
  static constexpr std::size_t statistic_bytes(std::size_t) {
    return gram_matrix::scratch_bytes(2);
  }

  template <class Parameters, class InputParameters>
  two_vector_kernel(const Parameters& shared, std::span<const InputParameters>,
                    const tensor_facts&, scratch&)
      : t_(shared.t) {}

  statistic make_statistic(scratch& memory) const { return statistic(memory); }
  bool wants_observation() const { return !concluded_; }

  using reads_stored = two_vector_kernel;
  template <class Element>
  void observe(const tile<Real, Element>& piece, statistic& seen) const {
    const std::array<const Element*, 2> vectors{piece.base, piece.inputs[0]};
    for_each_block(piece, [&](std::size_t begin, std::size_t count) {
      seen.products_.template add<Real, Element>(vectors, begin, count);
    });
  }

  void conclude(const statistic& seen) {
    const gram_matrix& products = seen.products_;
    const two_coefficients c =
        Path::coefficients(t_, products(0, 0), products(1, 1), products(0, 1));
    coefficients_ = {static_cast<accumulator<Real>>(c.first),
                     static_cast<accumulator<Real>>(c.second)};
    concluded_ = true;
  }

  using form_of = two_vector_kernel;
  weighted_form<Real> form() const
    requires(!is_rounded<Real>)
  {
    return {.terms = weighted_form<Real>::of::base_and_inputs, .coefficients = coefficients_};
  }

  void apply(const tile<Real>& piece, Real* out) const {
    const std::array<const Real*, 2> vectors{piece.base, piece.inputs[0]};
    weighted_sum<Real>(vectors, coefficients_, out, piece.size);
  }

 private:
  double t_;
  std::array<accumulator<Real>, 2> coefficients_{};
  bool concluded_ = false;
};

}  // namespace tensormerge
