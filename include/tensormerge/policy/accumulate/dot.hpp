#pragma once

#include <concepts>
#include <cstddef>

#include <Eigen/Core>

#include <tensormerge/dtype/rounded.hpp>

namespace tensormerge {

namespace detail {

/// A sum in eight interleaved double sums, which vectorises without reordering: the result does not
/// depend on the instruction set.
class lane_sum {
 public:
  static constexpr std::size_t lanes = 8;
  using block = Eigen::Array<double, static_cast<int>(lanes), 1>;

  void add(const block& terms) { sums_ += terms; }
  void add(std::size_t lane, double term) { sums_[static_cast<Eigen::Index>(lane)] += term; }

  double total() const {
    return ((sums_[0] + sums_[4]) + (sums_[2] + sums_[6])) +
           ((sums_[1] + sums_[5]) + (sums_[3] + sums_[7]));
  }

 private:
  block sums_ = block::Zero();
};

/// Sums `term(i)` for i < count.
template <class Term>
double sum_in_lanes(std::size_t count, Term term) {
  lane_sum sum;
  std::size_t i = 0;
  for (; i + lane_sum::lanes <= count; i += lane_sum::lanes) {
    for (std::size_t lane = 0; lane < lane_sum::lanes; ++lane) sum.add(lane, term(i + lane));
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane) sum.add(lane, term(i));
  return sum.total();
}

/// Calls `visit(lanes_at, i)` for every eight elements from i on, where `lanes_at(data)` gives them
/// in double, and `visit_one(lane, i)` for each element that is left.
template <class Real, class Visitor, class VisitorOfOne>
void for_each_lane_block(std::size_t count, Visitor visit, VisitorOfOne visit_one) {
  using stored = Eigen::Array<Real, static_cast<int>(lane_sum::lanes), 1>;
  std::size_t i = 0;
  for (; i + lane_sum::lanes <= count; i += lane_sum::lanes) {
    visit([i](const Real* data) -> lane_sum::block {
      return Eigen::Map<const stored>(data + i).template cast<double>();
    });
  }
  for (std::size_t lane = 0; i < count; ++i, ++lane) visit_one(lane, i);
}

}  // namespace detail

/// Inner product of two blocks of `count` elements, in double.
template <class Real>
double dot(const Real* a, const Real* b, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    return static_cast<double>(a[i]) * static_cast<double>(b[i]);
  });
}
template <std::floating_point Real>
double dot(const Real* a, const Real* b, std::size_t count) {
  detail::lane_sum sum;
  detail::for_each_lane_block<Real>(
      count, [&](auto lanes_at) { sum.add(lanes_at(a) * lanes_at(b)); },
      [&](std::size_t lane, std::size_t i) {
        sum.add(lane, static_cast<double>(a[i]) * static_cast<double>(b[i]));
      });
  return sum.total();
}

/// Inner product of two blocks' differences from a third, in double.
template <std::floating_point Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  detail::lane_sum sum;
  detail::for_each_lane_block<Real>(
      count,
      [&](auto lanes_at) {
        const detail::lane_sum::block origin = lanes_at(base);
        sum.add((lanes_at(a) - origin) * (lanes_at(b) - origin));
      },
      [&](std::size_t lane, std::size_t i) {
        const double origin = static_cast<double>(base[i]);
        sum.add(lane, (static_cast<double>(a[i]) - origin) * (static_cast<double>(b[i]) - origin));
      });
  return sum.total();
}

/// The same in a rounded type: differences are rounded, and products too but for squares, which
/// torch sums unrounded for a norm.
template <class Real>
  requires is_rounded<Real>
double dot_of_deltas(const Real* a, const Real* b, const Real* base, std::size_t count) {
  const bool of_one = a == b;
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const Real x = a[i] - base[i], y = b[i] - base[i];
    return of_one ? static_cast<double>(x) * static_cast<double>(x) : static_cast<double>(x * y);
  });
}

/// The inner products of two vectors with themselves and with each other.
struct products_of_two {
  double first_first = 0;
  double second_second = 0;
  double first_second = 0;
};

/// Those of two blocks of `count` elements, each less `base` unless that is nullptr: the same as
/// `dot` or `dot_of_deltas` of each two, in one pass.
template <class Real>
products_of_two dots_of_two(const Real* a, const Real* b, const Real* base, std::size_t count) {
  const auto product = [=](const Real* x, const Real* y) {
    return base == nullptr ? dot(x, y, count) : dot_of_deltas(x, y, base, count);
  };
  return {product(a, a), product(b, b), product(a, b)};
}
template <std::floating_point Real>
products_of_two dots_of_two(const Real* a, const Real* b, const Real* base, std::size_t count) {
  using block = detail::lane_sum::block;
  detail::lane_sum first, second, both;
  const auto add = [&](const block& x, const block& y) {
    first.add(x * x);
    second.add(y * y);
    both.add(x * y);
  };
  const auto add_one = [&](std::size_t lane, double x, double y) {
    first.add(lane, x * x);
    second.add(lane, y * y);
    both.add(lane, x * y);
  };
  if (base == nullptr) {
    detail::for_each_lane_block<Real>(
        count, [&](auto lanes_at) { add(lanes_at(a), lanes_at(b)); },
        [&](std::size_t lane, std::size_t i) {
          add_one(lane, static_cast<double>(a[i]), static_cast<double>(b[i]));
        });
  } else {
    detail::for_each_lane_block<Real>(
        count,
        [&](auto lanes_at) {
          const block origin = lanes_at(base);
          add(lanes_at(a) - origin, lanes_at(b) - origin);
        },
        [&](std::size_t lane, std::size_t i) {
          const double origin = static_cast<double>(base[i]);
          add_one(lane, static_cast<double>(a[i]) - origin, static_cast<double>(b[i]) - origin);
        });
  }
  return {first.total(), second.total(), both.total()};
}

/// Sum of the magnitudes of `count` elements, in double.
template <class Real>
double sum_of_magnitudes(const Real* a, std::size_t count) {
  return detail::sum_in_lanes(count, [=](std::size_t i) {
    const double x = static_cast<double>(a[i]);
    return x < 0 ? -x : x;
  });
}
template <std::floating_point Real>
double sum_of_magnitudes(const Real* a, std::size_t count) {
  detail::lane_sum sum;
  detail::for_each_lane_block<Real>(
      count, [&](auto lanes_at) { sum.add(lanes_at(a).abs()); },
      [&](std::size_t lane, std::size_t i) {
        const double x = static_cast<double>(a[i]);
        sum.add(lane, x < 0 ? -x : x);
      });
  return sum.total();
}

/// Sums of magnitudes of all elements of a block, and of those that a mask of ones and zeros keeps.
/// An element that is not finite makes both NaN or infinite.
struct masked_sums {
  double all = 0;
  double kept = 0;
};

/// Those of `count` elements.
template <class Real>
masked_sums sums_of_magnitudes(const Real* a, const Real* mask, std::size_t count) {
  const auto kept = [=](std::size_t i) {
    const double x = static_cast<double>(a[i] * mask[i]);
    return x < 0 ? -x : x;
  };
  return {sum_of_magnitudes(a, count), detail::sum_in_lanes(count, kept)};
}
template <std::floating_point Real>
masked_sums sums_of_magnitudes(const Real* a, const Real* mask, std::size_t count) {
  detail::lane_sum all, kept;
  detail::for_each_lane_block<Real>(
      count,
      [&](auto lanes_at) {
        const detail::lane_sum::block x = lanes_at(a).abs();
        all.add(x);
        kept.add(x * lanes_at(mask));
      },
      [&](std::size_t lane, std::size_t i) {
        const double x = static_cast<double>(a[i] < 0 ? -a[i] : a[i]);
        all.add(lane, x);
        kept.add(lane, x * static_cast<double>(mask[i]));
      });
  return {all.total(), kept.total()};
}

}  // namespace tensormerge
