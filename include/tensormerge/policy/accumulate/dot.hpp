#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <type_traits>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/lane_sum.hpp>

namespace tensormerge {

namespace detail {

/// Elements that are summed as one piece where the pieces' sums are added in double.
inline constexpr std::size_t piece_elements = 256;

/// Calls `visit(begin, count)` for pieces of a sequence.
template <class Visitor>
void for_each_piece(std::size_t count, Visitor visit) {
  for (std::size_t begin = 0; begin < count; begin += piece_elements) {
    visit(begin, std::min(piece_elements, count - begin));
  }
}

/// Sums `term(i)` for i < count in double. Terms are made in one loop and summed in another, since
/// either vectorises and both together do not.
template <class Term>
double sum_in_lanes(std::size_t count, Term term) {
  lane_sum<double> sum;
  for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    std::array<double, piece_elements> terms;
    for (std::size_t i = 0; i < size; ++i) terms[i] = static_cast<double>(term(begin + i));
    lane_sum<double>::for_each_block(size, [&](auto at) { sum.add(at(terms.data())); });
  });
  return sum.total();
}

/// Whether products of elements are exact in double: a float has less than half of its digits, and
/// its exponents add up to ones that double has.
template <class Element>
inline constexpr bool has_exact_products = !std::is_same_v<Element, double>;

/// Adds products of elements themselves, not of differences.
template <class Element, class Number>
void add_products(lane_sum<Number>& sum, typename lane_sum<Number>::block a,
                  typename lane_sum<Number>::block b) {
  if constexpr (std::is_same_v<Number, double> && has_exact_products<Element>) {
    sum.add_exact_products(a, b);
  } else {
    sum.add(a * b);
  }
}

}  // namespace detail

/// Inner product of two blocks of `count` elements, in double.
template <class Element>
double dot(const Element* a, const Element* b, std::size_t count) {
  lane_sum<double> sum;
  lane_sum<double>::for_each_block(
      count, [&](auto at) { detail::add_products<Element>(sum, at(a), at(b)); });
  return sum.total();
}

/// Inner product of two blocks' differences from a third, in double. In a rounded type differences
/// are rounded, and products too but for squares, which torch sums unrounded for a norm.
template <class Element>
double dot_of_deltas(const Element* a, const Element* b, const Element* base, std::size_t count) {
  if constexpr (is_rounded<Element>) {
    const bool of_one = a == b;
    return detail::sum_in_lanes(count, [=](std::size_t i) {
      const Element x = a[i] - base[i], y = b[i] - base[i];
      return of_one ? static_cast<double>(x) * static_cast<double>(x) : static_cast<double>(x * y);
    });
  } else {
    lane_sum<double> sum;
    lane_sum<double>::for_each_block(count, [&](auto at) {
      const auto origin = at(base);
      sum.add((at(a) - origin) * (at(b) - origin));
    });
    return sum.total();
  }
}

/// The inner products of two vectors with themselves and with each other.
struct products_of_two {
  double first_first = 0;
  double second_second = 0;
  double first_second = 0;

  products_of_two& operator+=(const products_of_two& other) {
    first_first += other.first_first;
    second_second += other.second_second;
    first_second += other.first_second;
    return *this;
  }
};

namespace detail {

/// Those of two blocks of `count` elements, each less `base` unless that is nullptr, summed in
/// lanes of `Number`.
template <class Number, class Element>
products_of_two products_in_lanes(const Element* a, const Element* b, const Element* base,
                                  std::size_t count) {
  using sum = lane_sum<Number>;
  using block = typename sum::block;
  sum firsts, seconds, both;
  if (base == nullptr) {
    sum::for_each_block(count, [&](auto at) {
      const block x = at(a), y = at(b);
      add_products<Element>(firsts, x, x);
      add_products<Element>(seconds, y, y);
      add_products<Element>(both, x, y);
    });
  } else {
    sum::for_each_block(count, [&](auto at) {
      const block origin = at(base), x = at(a) - origin, y = at(b) - origin;
      firsts.add(x * x);
      seconds.add(y * y);
      both.add(x * y);
    });
  }
  return {firsts.total(), seconds.total(), both.total()};
}

/// Those of differences, summed in float in pieces; nothing where that is not accurate enough.
template <class Element>
std::optional<products_of_two> products_in_pieces(const Element* a, const Element* b,
                                                  const Element* base, std::size_t count) {
  products_of_two products;
  for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    products += products_in_lanes<float>(a + begin, b + begin, base + begin, size);
  });
  const auto [first, second, both] = products;
  const auto is_accurate = [](double square) { return square > 1e-25 && square < 1e38; };
  const bool is_parallel = both * both > 0.9 * (first * second);
  if (!is_accurate(first) || !is_accurate(second) || is_parallel) return std::nullopt;
  return products;
}

}  // namespace detail

/// The same in one pass: of two blocks of `count` elements, in the compute type `Real` or, up to
/// block_elements, as they are stored, each less `base` unless that is nullptr. Differences in
/// float are summed in float, in pieces, within 1.3e-6 of the product of their lengths, and in
/// double where squares overflow or vanish or the two are nearly parallel, whose angle such sums do
/// not tell: elements of 16 bits, which are computed in float, know their own values to 4e-4 at
/// best.
template <class Real, class Element>
products_of_two dots_of_two(const Element* a, const Element* b,
                            std::type_identity_t<const Element*> base, std::size_t count) {
  if constexpr (is_rounded<Real>) {
    const auto product = [=](const Real* x, const Real* y) {
      return base == nullptr ? dot(x, y, count) : dot_of_deltas(x, y, base, count);
    };
    return {product(a, a), product(b, b), product(a, b)};
  } else if constexpr (!std::is_same_v<Element, Real> && !loads_at_once<Element>) {
    std::array<Real, detail::piece_elements> x, y, origin;
    load_tile(a, x.data(), count);
    load_tile(b, y.data(), count);
    if (base != nullptr) load_tile(base, origin.data(), count);
    return dots_of_two<Real>(x.data(), y.data(), base == nullptr ? nullptr : origin.data(), count);
  } else {
    if constexpr (std::is_same_v<Real, float>) {
      const std::optional<products_of_two> products =
          base == nullptr ? std::nullopt : detail::products_in_pieces(a, b, base, count);
      if (products) return *products;
    }
    return detail::products_in_lanes<double>(a, b, base, count);
  }
}

/// Sum of the magnitudes of `count` elements, in double.
template <class Real>
double sum_of_magnitudes(const Real* a, std::size_t count) {
  lane_sum<double> sum;
  lane_sum<double>::for_each_block(count, [&](auto at) { sum.add(abs(at(a))); });
  return sum.total();
}

/// Sums of magnitudes of all elements of a block, and of those that a mask of ones and zeros keeps.
/// An element that is not finite makes both NaN or infinite.
struct masked_sums {
  double all = 0;
  double kept = 0;
};

namespace detail {

/// In lanes of 128 bytes, two of the widest vectors, since an addition waits for the one before in
/// its lane; as many for narrower ones, for the same bytes.
template <class Number, class Real>
masked_sums masked_sums_in_lanes(const Real* a, const Real* mask, std::size_t count) {
  using sum = lane_sum<Number, 128 / sizeof(Number)>;
  sum all, kept;
  sum::for_each_block(count, [&](auto at) {
    const typename sum::block x = abs(at(a));
    all.add(x);
    kept.add(x * at(mask));
  });
  return {all.total(), kept.total()};
}

}  // namespace detail

/// Those of `count` elements. For float, pieces are summed in float, within 1.2e-6 of the exact
/// sum, and in double where that overflows: such sums serve a ratio that is rounded to float.
template <class Real>
masked_sums sums_of_magnitudes(const Real* a, const Real* mask, std::size_t count) {
  return detail::masked_sums_in_lanes<double>(a, mask, count);
}
inline masked_sums sums_of_magnitudes(const float* a, const float* mask, std::size_t count) {
  masked_sums sums;
  detail::for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    const masked_sums piece = detail::masked_sums_in_lanes<float>(a + begin, mask + begin, size);
    sums.all += piece.all;
    sums.kept += piece.kept;
  });
  return sums.all - sums.all == 0 ? sums : detail::masked_sums_in_lanes<double>(a, mask, count);
}

}  // namespace tensormerge
