#pragma once

#include <concepts>
#include <cstddef>
#include <span>

#include <tensormerge/policy/interpolate/gram.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// What the coefficients of a weighted sum follow from where they depend on the vectors' inner
/// products alone. A solver provides:
///
///     static constexpr bool of_deltas;  // vectors are the inputs less the base, if there is one
///     static std::size_t scratch_bytes(std::size_t inputs);
///     solver(const Parameters&, std::span<const InputParameters>, scratch&);
///     const char* solve(const gram_matrix&, std::span<double> coefficients);
///
/// `solve` returns nullptr, or a sentence that says why these vectors have no result. Permuting the
/// inputs permutes the coefficients. A NaN among the products makes every coefficient NaN.
template <class Solver, class Parameters, class InputParameters>
concept gram_solver =
    std::constructible_from<Solver, const Parameters&, std::span<const InputParameters>,
                            scratch&> &&
    requires(Solver& solver, const gram_matrix& products, std::span<double> coefficients,
             std::size_t inputs) {
      { Solver::of_deltas } -> std::convertible_to<bool>;
      { Solver::scratch_bytes(inputs) } -> std::convertible_to<std::size_t>;
      { solver.solve(products, coefficients) } -> std::same_as<const char*>;
    };

}  // namespace tensormerge
