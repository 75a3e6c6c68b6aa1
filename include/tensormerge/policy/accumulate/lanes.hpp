#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace tensormerge {

namespace detail {

/// Bytes of the widest vectors that the compiler's target computes with.
#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

}  // namespace detail

/// `count` numbers, a power of two, for arithmetic lane by lane: in as few vectors as hold them, as
/// g++ and clang offer them. Loops over arrays would do the same, but sums that go on from loop to
/// loop are then kept in memory. `bytes` are those of a vector, a part of the type, so that units
/// that are built for different machines can be linked together. Zeros at first.
template <class Number, std::size_t count, std::size_t bytes = detail::vector_bytes>
class lanes {
  static_assert(std::is_same_v<Number, float> || std::is_same_v<Number, double>);
  static_assert(std::has_single_bit(count) && count >= 2);
  using half = lanes<Number, count / 2, bytes>;

 public:
  lanes() = default;
  /// Copies `count` numbers, aligned or not.
  explicit lanes(const Number* values) : low_(values), high_(values + count / 2) {}

  friend lanes operator+(lanes a, lanes b) { return {a.low_ + b.low_, a.high_ + b.high_}; }
  friend lanes operator-(lanes a, lanes b) { return {a.low_ - b.low_, a.high_ - b.high_}; }
  friend lanes operator*(lanes a, lanes b) { return {a.low_ * b.low_, a.high_ * b.high_}; }
  /// The magnitudes, also of what is not finite.
  friend lanes abs(lanes a) { return {abs(a.low_), abs(a.high_)}; }

  /// sum + a * b, of products that are exact: whether they are fused with the addition, which is
  /// one instruction where there is such, makes no difference then.
  friend lanes add_exact(lanes sum, lanes a, lanes b) {
    return {add_exact(sum.low_, a.low_, b.low_), add_exact(sum.high_, a.high_, b.high_)};
  }

  /// The sum of all, by adding halves to each other.
  Number total() const { return (low_ + high_).total(); }

 private:
  lanes(half low, half high) : low_(low), high_(high) {}

  half low_, high_;
};

/// Those that one vector holds.
template <class Number, std::size_t count, std::size_t bytes>
  requires(count * sizeof(Number) <= bytes)
class lanes<Number, count, bytes> {
  static_assert(std::is_same_v<Number, float> || std::is_same_v<Number, double>);
  static_assert(std::has_single_bit(count) && count >= 2);
  using vector [[gnu::vector_size(count * sizeof(Number))]] = Number;
  using word = std::conditional_t<sizeof(Number) == 4, std::int32_t, std::int64_t>;
  using words [[gnu::vector_size(count * sizeof(Number))]] = word;

 public:
  lanes() = default;
  explicit lanes(const Number* values) { std::memcpy(&values_, values, sizeof(values_)); }

  friend lanes operator+(lanes a, lanes b) { return lanes(a.values_ + b.values_); }
  friend lanes operator-(lanes a, lanes b) { return lanes(a.values_ - b.values_); }
  friend lanes operator*(lanes a, lanes b) { return lanes(a.values_ * b.values_); }
  friend lanes abs(lanes a) {
    return lanes(reinterpret_cast<vector>(reinterpret_cast<words>(a.values_) &
                                          std::numeric_limits<word>::max()));
  }

  friend lanes add_exact(lanes sum, lanes a, lanes b) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    vector fused{};
    for (std::size_t i = 0; i < count; ++i) {
      fused[i] = std::fma(a.values_[i], b.values_[i], sum.values_[i]);
    }
    return lanes(fused);
#else
    return sum + a * b;
#endif
  }

  Number total() const {
    if constexpr (count == 2) {
      return values_[0] + values_[1];
    } else {
      return sum_of_halves(std::make_index_sequence<count / 2>()).total();
    }
  }

 private:
  template <class, std::size_t, std::size_t>
  friend class lanes;
  explicit lanes(vector values) : values_(values) {}

  template <std::size_t... i>
  lanes<Number, count / 2, bytes> sum_of_halves(std::index_sequence<i...>) const {
    using half = lanes<Number, count / 2, bytes>;
    return half(__builtin_shufflevector(values_, values_, i...)) +
           half(__builtin_shufflevector(values_, values_, (count / 2 + i)...));
  }

  vector values_{};
};

}  // namespace tensormerge
