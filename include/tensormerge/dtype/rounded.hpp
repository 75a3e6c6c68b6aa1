#pragma once

#include <compare>
#include <cstddef>
#include <type_traits>

#include <tensormerge/dtype/convert.hpp>

namespace tensormerge {

/// A compute type that rounds the result of every operation to a storage type (float16, bfloat16 or
/// float), to the nearest, ties to even, as torch computes elements of tensors. Values are held as
/// float. Rounding a float operation again is the same as rounding the exact result once, since
/// float has more than twice the digits of both 16-bit formats (Figueroa 1995).
///
/// A float operand stands for a scalar that is no tensor: torch does not round it first, and
/// divides it by a tensor as the tensor's reciprocal times the scalar.
template <class Storage>
class rounded {
 public:
  constexpr rounded() = default;
  constexpr rounded(int x) : rounded(static_cast<float>(x)) {}
  constexpr explicit rounded(float x) : value_(round(x)) {}
  /// By way of float, as torch takes numbers into narrower tensors.
  constexpr explicit rounded(double x) : rounded(static_cast<float>(x)) {}

  constexpr explicit operator float() const { return value_; }
  constexpr explicit operator double() const { return static_cast<double>(value_); }

  friend constexpr auto operator<=>(const rounded&, const rounded&) = default;

  constexpr rounded operator-() const { return rounded(-value_); }
  friend constexpr rounded operator+(rounded a, rounded b) { return rounded(a.value_ + b.value_); }
  friend constexpr rounded operator-(rounded a, rounded b) { return rounded(a.value_ - b.value_); }
  friend constexpr rounded operator*(rounded a, rounded b) { return rounded(a.value_ * b.value_); }
  friend constexpr rounded operator/(rounded a, rounded b) { return rounded(a.value_ / b.value_); }
  friend constexpr rounded operator*(float a, rounded b) { return rounded(a * b.value_); }
  friend constexpr rounded operator/(float a, rounded b) { return a * (rounded(1) / b); }

  constexpr rounded& operator+=(rounded other) { return *this = *this + other; }
  constexpr rounded& operator-=(rounded other) { return *this = *this - other; }
  constexpr rounded& operator*=(rounded other) { return *this = *this * other; }
  constexpr rounded& operator/=(rounded other) { return *this = *this / other; }

  friend constexpr rounded abs(rounded x) { return x.value_ < 0 ? -x : x; }

 private:
  static constexpr float round(float x) {
    return load<float>(nearest_even::store<Storage>(x));
  }

  float value_ = 0;
};

template <class Real>
inline constexpr bool is_rounded = false;
template <class Storage>
inline constexpr bool is_rounded<rounded<Storage>> = true;

/// What sums over models, and scalars, are held in: the compute type itself; float for a rounded
/// one, which torch rounds when a sum is complete.
template <class Real>
using accumulator = std::conditional_t<is_rounded<Real>, float, Real>;

/// What a number that describes a whole tensor (a norm, a weight) is held in: double; a rounded
/// type itself, since to torch such a number is a tensor too.
template <class Real>
using summary = std::conditional_t<is_rounded<Real>, Real, double>;

/// An element of a rounded type, which is held as one already.
template <class Real, class Storage>
constexpr Real load(rounded<Storage> x) {
  return static_cast<Real>(x);
}

/// Stores `count` elements; what fits is stored as it is.
template <class Rounding = nearest_even, class Storage, class Computed>
void store_tile(const rounded<Computed>* from, Storage* into, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    into[i] = Rounding::template store<Storage>(static_cast<float>(from[i]));
  }
}

}  // namespace tensormerge
