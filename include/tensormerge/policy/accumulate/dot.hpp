#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/float_sum.hpp>

namespace tensormerge {

namespace detail {

/// A sum in eight interleaved double sums, which vectorises without reordering: the result does not
/// depend on the instruction set.
class lane_sum {
 public:
  static constexpr std::size_t lanes = 8;
  using block = Eigen::Array<double, static_cast<int>(lanes), 1>;

  void add(const block& terms) { sums_ += terms; }

  double total() const {
    return ((sums_[0] + sums_[4]) + (sums_[2] + sums_[6])) +
           ((sums_[1] + sums_[5]) + (sums_[3] + sums_[7]));
  }

 private:
  block sums_ = block::Zero();
};

/// Numbers in double, and zeros after them that fill the last lanes. They are made in one loop and
/// summed in another, since either vectorises and both together do not.
class lane_values {
 public:
  static constexpr std::size_t most = 256;

  /// `term(i)` for `count` numbers from `begin` on, at most `most`.
  template <class Term>
  lane_values(std::size_t begin, std::size_t count, Term term) {
    for (std::size_t i = 0; i < count; ++i) values_[i] = static_cast<double>(term(begin + i));
    for (std::size_t i = count; i % lane_sum::lanes != 0; ++i) values_[i] = 0;
  }

  /// Eight of them, from a multiple of eight on.
  auto at(std::size_t i) const {
    return Eigen::Map<const lane_sum::block, Eigen::Aligned64>(values_.data() + i);
  }

 private:
  alignas(64) std::array<double, most> values_;
};

/// Calls `visit(begin, count)` for pieces of a sequence, each of at most lane_values::most.
template <class Visitor>
void for_each_piece(std::size_t count, Visitor visit) {
  for (std::size_t begin = 0; begin < count; begin += lane_values::most) {
    visit(begin, std::min(lane_values::most, count - begin));
  }
}

/// Sums `term(i)` for i < count.
template <class Term>
double sum_in_lanes(std::size_t count, Term term) {
  lane_sum sum;
  for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    const lane_values terms(begin, size, term);
    for (std::size_t i = 0; i < size; i += lane_sum::lanes) sum.add(terms.at(i));
  });
  return sum.total();
}

/// Sums the products of `first(i)` and `second(i)` for i < count.
template <class First, class Second>
double sum_products(std::size_t count, First first, Second second) {
  lane_sum sum;
  for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    const lane_values x(begin, size, first), y(begin, size, second);
    for (std::size_t i = 0; i < size; i += lane_sum::lanes) sum.add(x.at(i) * y.at(i));
  });
  return sum.total();
}

/// The differences of elements from a base, in double.
template <class Real>
auto delta_term(const Real* a, const Real* base) {
  return [=](std::size_t i) { return static_cast<double>(a[i]) - static_cast<double>(base[i]); };
}

}  // namespace detail

/// Inner product of two blocks of `count` elements, in double.
template <class Real>
double dot(const Real* a, const Real* b, std::size_t count) {
  return detail::sum_products(
      count, [=](std::size_t i) { return a[i]; }, [=](std::size_t i) { return b[i]; });
}

/// Inner product of two blocks' differences from a third, in double. In a rounded type differences
/// are rounded, and products too but for squares, which torch sums unrounded for a norm.
template <class Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  if constexpr (is_rounded<Real>) {
    const bool of_one = a == b;
    return detail::sum_in_lanes(count, [=](std::size_t i) {
      const Real x = a[i] - base[i], y = b[i] - base[i];
      return of_one ? static_cast<double>(x) * static_cast<double>(x) : static_cast<double>(x * y);
    });
  } else {
    return detail::sum_products(count, detail::delta_term(a, base), detail::delta_term(b, base));
  }
}

/// The inner products of two vectors with themselves and with each other.
struct products_of_two {
  double first_first = 0;
  double second_second = 0;
  double first_second = 0;
};

namespace detail {

template <class First, class Second>
products_of_two products_in_lanes(std::size_t count, First first, Second second) {
  lane_sum firsts, seconds, both;
  for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    const lane_values x(begin, size, first), y(begin, size, second);
    for (std::size_t i = 0; i < size; i += lane_sum::lanes) {
      firsts.add(x.at(i) * x.at(i));
      seconds.add(y.at(i) * y.at(i));
      both.add(x.at(i) * y.at(i));
    }
  });
  return {firsts.total(), seconds.total(), both.total()};
}

}  // namespace detail

/// Those of two blocks of `count` elements, each less `base` unless that is nullptr, in one pass.
/// For float, pieces of lane_values::most elements are summed in float, within 1.3e-6 of the product
/// of their lengths, and in double where squares overflow or vanish: elements of 16 bits, which are
/// computed in float, know their own values to 4e-4 at best.
template <class Real>
products_of_two dots_of_two(const Real* a, const Real* b, const Real* base, std::size_t count) {
  if (base == nullptr) {
    return detail::products_in_lanes(
        count, [=](std::size_t i) { return a[i]; }, [=](std::size_t i) { return b[i]; });
  }
  if constexpr (is_rounded<Real>) {
    const auto product = [=](const Real* x, const Real* y) {
      return dot_of_deltas(x, y, base, count);
    };
    return {product(a, a), product(b, b), product(a, b)};
  } else {
    return detail::products_in_lanes(count, detail::delta_term(a, base),
                                     detail::delta_term(b, base));
  }
}

inline products_of_two dots_of_two(const float* a, const float* b, const float* base,
                                   std::size_t count) {
  products_of_two products;
  detail::for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    float_sum firsts, seconds, both;
    const auto add = [&](const float_sum::block& x, const float_sum::block& y) {
      firsts.add(x * x);
      seconds.add(y * y);
      both.add(x * y);
    };
    float_sum::for_each_block(begin, size, [&](auto at) {
      if (base == nullptr) add(at(a), at(b));
      else add(at(a) - at(base), at(b) - at(base));
    });
    products.first_first += firsts.total();
    products.second_second += seconds.total();
    products.first_second += both.total();
  });
  const auto is_accurate = [](double square) { return square > 1e-25 && square < 1e38; };
  if (is_accurate(products.first_first) && is_accurate(products.second_second)) return products;
  return dots_of_two<float>(a, b, base, count);
}

/// Sum of the magnitudes of `count` elements, in double.
template <class Real>
double sum_of_magnitudes(const Real* a, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const double x = static_cast<double>(a[i]);
    return x < 0 ? -x : x;
  });
}

/// Sums of magnitudes of all elements of a block, and of those that a mask of ones and zeros keeps.
/// An element that is not finite makes both NaN or infinite.
struct masked_sums {
  double all = 0;
  double kept = 0;
};

/// Those of `count` elements. For float, pieces of lane_values::most elements are summed in float,
/// within 1.2e-6 of the exact sum, and in double where that overflows: such sums serve a ratio that
/// is rounded to float.
template <class Real>
masked_sums sums_of_magnitudes(const Real* a, const Real* mask, std::size_t count) {
  const auto magnitude = [=](std::size_t i) {
    const double x = static_cast<double>(a[i]);
    return x < 0 ? -x : x;
  };
  detail::lane_sum all, kept;
  detail::for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    const detail::lane_values x(begin, size, magnitude);
    const detail::lane_values share(begin, size, [=](std::size_t i) { return mask[i]; });
    for (std::size_t i = 0; i < size; i += detail::lane_sum::lanes) {
      all.add(x.at(i));
      kept.add(x.at(i) * share.at(i));
    }
  });
  return {all.total(), kept.total()};
}
inline masked_sums sums_of_magnitudes(const float* a, const float* mask, std::size_t count) {
  masked_sums sums;
  detail::for_each_piece(count, [&](std::size_t begin, std::size_t size) {
    float_sum all, kept;
    float_sum::for_each_block(begin, size, [&](auto at) {
      const float_sum::block x = at(a).abs();
      all.add(x);
      kept.add(x * at(mask));
    });
    sums.all += all.total();
    sums.kept += kept.total();
  });
  if (sums.all - sums.all == 0) return sums;
  return sums_of_magnitudes<float>(a, mask, count);
}

}  // namespace tensormerge
