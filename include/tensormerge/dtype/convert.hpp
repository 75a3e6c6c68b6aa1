#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/dtype/float16.hpp>
#include <tensormerge/dtype/float8.hpp>
#include <tensormerge/dtype/prefetch.hpp>

namespace tensormerge {

/// The next wider type, in which elements of a storage type are computed: float for floats of 8 and
/// 16 bits, double for float and double.
template <class Storage>
using compute_type = std::conditional_t<sizeof(Storage) <= 2, float, double>;

namespace detail {

/// A float that rounds, in any narrower format, to what `x` itself would round to: truncated, with
/// the last bit set where something was cut off ("round to odd", Boldo and Melquiond 2005).
constexpr float round_to_odd(double x) {
  const float nearest = static_cast<float>(x);
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(nearest);
  const double back = static_cast<double>(nearest);
  const double magnitude = x < 0 ? -x : x;
  const double rounded = back < 0 ? -back : back;
  const std::uint32_t truncated = rounded > magnitude ? bits - 1 : bits;
  return rounded == magnitude || x != x ? nearest : std::bit_cast<float>(truncated | 1u);
}

}  // namespace detail

/// One element from storage to a compute type; exact where the compute type is wider.
template <class Real>
constexpr Real load(float16 x) {
  return static_cast<Real>(to_float(x));
}
template <class Real>
constexpr Real load(bfloat16 x) {
  return static_cast<Real>(to_float(x));
}
template <class Real>
constexpr Real load(float8_e4m3 x) {
  return static_cast<Real>(to_float(x));
}
template <class Real>
constexpr Real load(float8_e5m2 x) {
  return static_cast<Real>(to_float(x));
}
template <class Real>
constexpr Real load(float x) {
  return static_cast<Real>(x);
}
template <class Real>
constexpr Real load(double x) {
  return static_cast<Real>(x);
}

/// Whether loading an element to its compute type takes one or two instructions, so that loading it
/// again costs less than keeping what was loaded.
template <class Storage>
inline constexpr bool loads_at_once =
    !std::is_same_v<Storage, float16> && !std::is_same_v<Storage, float8_e4m3> &&
    !std::is_same_v<Storage, float8_e5m2>;

/// Rounds one element to storage, once and to the nearest, ties to even.
struct nearest_even {
  template <class Storage>
  static constexpr Storage store(float x) {
    if constexpr (std::is_same_v<Storage, float16>) {
      return to_float16(x);
    } else if constexpr (std::is_same_v<Storage, bfloat16>) {
      return to_bfloat16(x);
    } else if constexpr (std::is_same_v<Storage, float8_e4m3>) {
      return to_float8_e4m3(x);
    } else if constexpr (std::is_same_v<Storage, float8_e5m2>) {
      return to_float8_e5m2(x);
    } else {
      return static_cast<Storage>(x);
    }
  }

  template <class Storage>
  static constexpr Storage store(double x) {
    if constexpr (std::is_same_v<Storage, float> || std::is_same_v<Storage, double>) {
      return static_cast<Storage>(x);
    } else {
      return store<Storage>(detail::round_to_odd(x));
    }
  }
};

/// Loads `count` elements, and lets the processor fetch as many after them, which are probably
/// loaded next: they arrive while these are computed with.
template <class Storage, class Real>
void load_tile(const Storage* from, Real* into, std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Storage);
  std::size_t i = 0;
  for (; i + line <= count; i += line) {
    prefetch(from, count + i);
    for (std::size_t j = i; j < i + line; ++j) into[j] = load<Real>(from[j]);
  }
  for (; i < count; ++i) into[i] = load<Real>(from[i]);
}

/// Stores `count` elements under a rounding policy.
template <class Rounding = nearest_even, class Storage, class Real>
void store_tile(const Real* from, Storage* into, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) into[i] = Rounding::template store<Storage>(from[i]);
}

/// Whether a rounding policy is made from a tensor's key and takes an element's index within the
/// tensor as a second argument.
template <class Rounding>
inline constexpr bool depends_on_place = std::is_constructible_v<Rounding, std::uint64_t>;

/// The same for a tensor whose key this is, from its element `first` on.
template <class Rounding, class Storage, class Real>
void store_tile(const Real* from, Storage* into, std::size_t count, std::uint64_t key,
                std::uint64_t first) {
  if constexpr (depends_on_place<Rounding>) {
    const Rounding rounding(key);
    for (std::size_t i = 0; i < count; ++i) {
      into[i] = rounding.template store<Storage>(from[i], first + i);
    }
  } else {
    store_tile<Rounding>(from, into, count);
  }
}

}  // namespace tensormerge
