#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/tensor/make_stored.hpp>

namespace tensormerge {

/// A result that is a weighted sum, element by element. A kernel whose `apply` makes one may tell
/// so (see method/merge_method.hpp); it is then made in one loop over the elements as they are
/// stored, without tiles between.
template <class Real>
struct weighted_form {
  enum class of {
    nothing,          // the result is no such sum
    inputs,           // sum(c_i * input_i)
    base_and_inputs,  // c_0 * base + sum(c_(i + 1) * input_i)
    deltas            // base + sum(c_i * (input_i - base)); as inputs where there is no base
  };
  of terms = of::nothing;
  std::span<const Real> coefficients{};
};

namespace detail {

/// `vectors` times `coefficients`.
template <class Rounding, class Storage, class Real, std::size_t number>
void sum_vectors(const std::array<const Storage*, number>& vectors,
                 std::span<const Real> coefficients, Storage* out, std::size_t count) {
  [&]<std::size_t... vector>(std::index_sequence<vector...>) {
    const std::array<Real, number> factors{coefficients[vector]...};
    make_stored<Rounding, Real>(vectors, out, count, [factors](auto... values) {
      const std::array<Real, number> from{values...};
      return (... + (factors[vector] * from[vector]));
    });
  }(std::make_index_sequence<number>());
}

/// The base and so many times the vectors' differences from it.
template <class Rounding, class Storage, class Real, std::size_t number>
void sum_deltas(const std::array<const Storage*, number>& vectors, const Storage* base,
                std::span<const Real> coefficients, Storage* out, std::size_t count) {
  [&]<std::size_t... vector>(std::index_sequence<vector...>) {
    const std::array<Real, number> factors{coefficients[vector]...};
    const std::array<const Storage*, number + 1> all{base, vectors[vector]...};
    make_stored<Rounding, Real>(all, out, count, [factors](Real origin, auto... values) {
      const std::array<Real, number> from{values...};
      return (... + (factors[vector] * (from[vector] - origin))) + origin;
    });
  }(std::make_index_sequence<number>());
}

}  // namespace detail

/// Makes `count` elements of a weighted sum, each rounded once by `Rounding`, and returns true;
/// does nothing and returns false for a form of nothing or of more than three vectors, or where the
/// rounding depends on the place. `base` may be nullptr where the form does not use it; `out` may
/// be one of the others, but may not overlap them otherwise.
template <class Rounding, class Storage, class Real>
bool sum_stored(const weighted_form<Real>& form, const Storage* base,
                std::span<const Storage* const> inputs, Storage* out, std::size_t count) {
  using of = typename weighted_form<Real>::of;
  if constexpr (depends_on_place<Rounding>) {
    return false;
  } else {
    const auto sum = [&]<std::size_t number, bool of_deltas>(
                         const std::array<const Storage*, number>& vectors,
                         std::bool_constant<of_deltas>) {
      if constexpr (of_deltas) {
        detail::sum_deltas<Rounding>(vectors, base, form.coefficients, out, count);
      } else {
        detail::sum_vectors<Rounding>(vectors, form.coefficients, out, count);
      }
      return true;
    };
    using vectors_of_two = std::array<const Storage*, 2>;
    using vectors_of_three = std::array<const Storage*, 3>;
    const auto sum_up_to_three = [&](auto of_deltas) {
      if (inputs.size() == 1) return sum(std::array{inputs[0]}, of_deltas);
      if (inputs.size() == 2) return sum(vectors_of_two{inputs[0], inputs[1]}, of_deltas);
      if (inputs.size() != 3) return false;
      return sum(vectors_of_three{inputs[0], inputs[1], inputs[2]}, of_deltas);
    };
    switch (form.terms) {
      case of::nothing: return false;
      case of::inputs: return sum_up_to_three(std::false_type{});
      case of::base_and_inputs:
        return inputs.size() == 1 && sum(vectors_of_two{base, inputs[0]}, std::false_type{});
      case of::deltas:
        return base == nullptr ? sum_up_to_three(std::false_type{})
                               : sum_up_to_three(std::true_type{});
    }
    return false;
  }
}

/// Whether a kernel tells the terms of its result: by `form()`, and by `form_of`, which names the
/// kernel itself, so that one derived from it with another `apply` does not inherit the claim.
template <class Kernel, class Real>
concept tells_form = requires(const Kernel& kernel) {
  requires std::same_as<typename Kernel::form_of, Kernel>;
  { kernel.form() } -> std::same_as<weighted_form<Real>>;
};

}  // namespace tensormerge
