#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/policy/interpolate/stored_sum.hpp>
#include <tensormerge/tensor/make_stored.hpp>
#include <tensormerge/tensor/result_block.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// The elements of one merge's tensors, in memory: pointers to the element `first` of each, `base`
/// nullptr where the merge has none. Inputs are never written to; `out` may be one of them, but may
/// not overlap them otherwise.
template <class Storage>
struct stored_elements {
  Storage* out = nullptr;  // needed to apply
  const Storage* base = nullptr;
  std::span<const Storage* const> inputs;
  std::uint64_t first = 0;  // counted from the tensor's start
};

/// Whether a kernel takes elements as they are stored, where others take tiles of the compute type,
/// and says so by `using reads_stored` of its own name, which one derived from it does not inherit.
template <class Kernel>
concept reads_stored = std::same_as<typename Kernel::reads_stored, Kernel>;

/// Such a kernel that does so in `observe`, or in `apply`, which then puts its result by
/// make_block.
template <class Kernel, class Storage>
concept observes_stored =
    reads_stored<Kernel> && !std::same_as<Storage, compute_type<Storage>> &&
    requires(const Kernel& kernel, const tile<compute_type<Storage>, Storage>& piece,
             typename Kernel::statistic& seen) { kernel.observe(piece, seen); };
template <class Kernel, class Storage, class Rounding>
concept applies_stored =
    reads_stored<Kernel> && !std::same_as<Storage, compute_type<Storage>> &&
    requires(const Kernel& kernel, const tile<compute_type<Storage>, Storage>& piece,
             const stored_result<Rounding, Storage>& out) { kernel.apply(piece, out); };

/// Whether a kernel tells by `most_observed_stored` of how many inputs at most it observes elements
/// as they are stored: one of inner products would load each element once for each pair. One that
/// is derived from it inherits that.
template <class Kernel>
concept observes_few_stored = requires {
  { Kernel::most_observed_stored } -> std::convertible_to<std::size_t>;
};

/// Whether a kernel takes elements as they are stored in all of a merge: there are no tiles then.
template <class Kernel, class Storage, class Rounding>
concept needs_no_tiles = observes_stored<Kernel, Storage> && !observes_few_stored<Kernel> &&
                         applies_stored<Kernel, Storage, Rounding>;

namespace detail {

/// Whether the result is none of the tensors that are read.
template <class Storage>
bool is_apart(const stored_elements<Storage>& elements) {
  return elements.out != elements.base &&
         std::none_of(elements.inputs.begin(), elements.inputs.end(),
                      [&](const Storage* input) { return input == elements.out; });
}

template <class Function, class Real, std::size_t... place>
consteval bool takes_elements(std::index_sequence<place...>) {
  return std::is_invocable_r_v<Real, Function, decltype(static_cast<void>(place), Real{})...>;
}

}  // namespace detail

/// A kernel whose result is, for this number of inputs, a function of one element each: `element()`
/// returns it, to be called with the base's element and the inputs', and `element_of` names the
/// kernel itself, so that one derived from it with another `apply` does not inherit the claim.
template <class Kernel, class Real, std::size_t inputs>
concept makes_elements = requires(const Kernel& kernel) {
  requires std::same_as<typename Kernel::element_of, Kernel>;
  requires detail::takes_elements<decltype(kernel.element()), Real>(
      std::make_index_sequence<inputs + 1>());
};

namespace detail {

template <class Rounding, std::size_t inputs, class Kernel, class Storage>
bool make_elements(const Kernel& kernel, const stored_elements<Storage>& elements,
                   std::size_t count) {
  using real = compute_type<Storage>;
  if constexpr (makes_elements<Kernel, real, inputs>) {
    std::array<const Storage*, inputs + 1> vectors{elements.base};
    for (std::size_t i = 0; i < inputs; ++i) vectors[i + 1] = elements.inputs[i];
    make_stored<Rounding, real>(vectors, elements.out, count, kernel.element());
    return true;
  } else {
    return false;
  }
}

}  // namespace detail

/// The most inputs that sums and functions of single elements are instantiated for.
inline constexpr std::size_t most_stored_inputs = 3;

/// Whether `apply_stored` can ever make a kernel's result.
template <class Kernel, class Storage, class Rounding>
concept applies_without_tiles =
    tells_form<Kernel, compute_type<Storage>> || applies_stored<Kernel, Storage, Rounding> ||
    makes_elements<Kernel, compute_type<Storage>, 1>;

/// Shows `size` elements to a kernel without tiles and returns true, or does nothing and returns
/// false where it cannot take them.
template <class Kernel, class Storage>
bool observe_stored(const Kernel& kernel, const stored_elements<Storage>& elements,
                    std::size_t size, typename Kernel::statistic& seen) {
  if constexpr (observes_stored<Kernel, Storage>) {
    if constexpr (observes_few_stored<Kernel>) {
      if (elements.inputs.size() > Kernel::most_observed_stored) return false;
    }
    kernel.observe(tile<compute_type<Storage>, Storage>{.inputs = elements.inputs,
                                                        .base = elements.base,
                                                        .size = size,
                                                        .first = elements.first},
                   seen);
    return true;
  } else {
    return false;
  }
}

/// Makes `size` elements of the result without tiles and returns true, or does nothing and returns
/// false where the kernel cannot.
template <class Rounding, class Kernel, class Storage>
bool apply_stored(const Kernel& kernel, const stored_elements<Storage>& elements,
                  std::size_t size, std::uint64_t random_key) {
  using real = compute_type<Storage>;
  if constexpr (tells_form<Kernel, real>) {
    if (sum_stored<Rounding>(kernel.form(), elements.base, elements.inputs, elements.out, size)) {
      return true;
    }
  }
  if constexpr (!depends_on_place<Rounding>) {
    if (elements.base != nullptr) {
      const auto make = [&]<std::size_t... less_one>(std::index_sequence<less_one...>) {
        return (... || (elements.inputs.size() == less_one + 1 &&
                        detail::make_elements<Rounding, less_one + 1>(kernel, elements, size)));
      };
      if (make(std::make_index_sequence<most_stored_inputs>())) return true;
    }
  }
  if constexpr (applies_stored<Kernel, Storage, Rounding>) {
    kernel.apply(tile<real, Storage>{.inputs = elements.inputs,
                                     .base = elements.base,
                                     .size = size,
                                     .first = elements.first},
                 stored_result<Rounding, Storage>{.elements = elements.out,
                                                  .first = elements.first,
                                                  .random_key = random_key,
                                                  .is_apart = detail::is_apart(elements)});
    return true;
  } else {
    return false;
  }
}

}  // namespace tensormerge
