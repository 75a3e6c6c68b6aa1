#pragma once

#include <algorithm>

#include <Eigen/Core>

namespace tensormerge {

namespace detail {

/// Calls `visit(out, left, right)` for tiles of three matrices whose products add up to the product
/// of the whole, always in the same order. Eigen packs the factors of a product on the stack where
/// they are as small as these tiles, and allocates for larger ones.
template <class Out, class Left, class Right, class Visitor>
void for_each_product_tile(Out& out, const Left& left, const Right& right, Visitor visit) {
  constexpr Eigen::Index extent = 96;
  static_assert(EIGEN_STACK_ALLOCATION_LIMIT == 0 ||
                    EIGEN_STACK_ALLOCATION_LIMIT >= extent * extent * sizeof(double),
                "tensormerge: products need EIGEN_STACK_ALLOCATION_LIMIT to be 73728 at least");
  const Eigen::Index rows = out.rows(), columns = out.cols(), depth = left.cols();
  for (Eigen::Index j = 0; j < columns; j += extent) {
    const Eigen::Index width = std::min(extent, columns - j);
    for (Eigen::Index k = 0; k < depth; k += extent) {
      const Eigen::Index deep = std::min(extent, depth - k);
      for (Eigen::Index i = 0; i < rows; i += extent) {
        const Eigen::Index height = std::min(extent, rows - i);
        visit(out.block(i, j, height, width), left.block(i, k, height, deep),
              right.block(k, j, deep, width));
      }
    }
  }
}

}  // namespace detail

/// out += left * right, of any matrices of doubles in memory, without allocating. `out` is none of
/// the factors.
template <class Out, class Left, class Right>
void add_product(Out&& out, const Left& left, const Right& right) {
  detail::for_each_product_tile(out, left, right, [](auto&& sum, const auto& a, const auto& b) {
    sum.noalias() += a * b;
  });
}

/// out -= left * right, under the same terms.
template <class Out, class Left, class Right>
void subtract_product(Out&& out, const Left& left, const Right& right) {
  detail::for_each_product_tile(out, left, right, [](auto&& sum, const auto& a, const auto& b) {
    sum.noalias() -= a * b;
  });
}

}  // namespace tensormerge
