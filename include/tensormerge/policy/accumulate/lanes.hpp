#pragma once

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
inline constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t vector_bytes = 32;
#else
inline constexpr std::size_t vector_bytes = 16;
#endif

}  // namespace detail

/// `count` numbers, a power of two, for arithmetic lane by lane: in as few vectors as hold them, as
/// g++ and clang offer them. Loops over arrays would do the same, but sums that go on from loop to
/// loop are then kept in memory.
template <class Number, std::size_t count>
class lanes {
  using half = lanes<Number, count / 2>;

 public:
  lanes() = default;
  lanes(half low, half high) : low_(low), high_(high) {}
  explicit lanes(const Number* values) : low_(values), high_(values + count / 2) {}

  friend lanes operator+(lanes a, lanes b) { return {a.low_ + b.low_, a.high_ + b.high_}; }
  friend lanes operator-(lanes a, lanes b) { return {a.low_ - b.low_, a.high_ - b.high_}; }
  friend lanes operator*(lanes a, lanes b) { return {a.low_ * b.low_, a.high_ * b.high_}; }
  friend lanes abs(lanes a) { return {abs(a.low_), abs(a.high_)}; }

  /// sum + a * b, of products that are exact: whether they are fused with the addition, which is
  /// one instruction where there is such, makes no difference then.
  friend lanes add_exact(lanes sum, lanes a, lanes b) {
    return {add_exact(sum.low_, a.low_, b.low_), add_exact(sum.high_, a.high_, b.high_)};
  }

  /// The sum of all, by adding halves to each other.
  Number total() const { return (low_ + high_).total(); }

 private:
  half low_, high_;
};

template <class Number, std::size_t count>
  requires(count * sizeof(Number) <= detail::vector_bytes)
class lanes<Number, count> {
  using vector [[gnu::vector_size(count * sizeof(Number))]] = Number;
  using word = std::conditional_t<sizeof(Number) == 4, std::int32_t, std::int64_t>;
  using words [[gnu::vector_size(count * sizeof(Number))]] = word;

 public:
  lanes() = default;
  explicit lanes(vector values) : values_(values) {}
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
    vector fused;
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
  template <std::size_t... i>
  lanes<Number, count / 2> sum_of_halves(std::index_sequence<i...>) const {
    using half = lanes<Number, count / 2>;
    return half(__builtin_shufflevector(values_, values_, i...)) +
           half(__builtin_shufflevector(values_, values_, (count / 2 + i)...));
  }

  vector values_{};
};

}  // namespace tensormerge
