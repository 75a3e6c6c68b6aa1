#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>
#include <tensormerge/policy/accumulate/windowed_sum.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// The inner products of two tensors' columns: vectors along the first axis, one for each place
/// among the other axes. Takes 96 bytes a column.
/// Some rows are summed in double before they go into the exact sums, which is most of the work
/// saved; a tensor is cut into such groups from its first row on, so tiles do not matter.
class column_products {
 public:
  struct entry {
    windowed_sum first_first, second_second, first_second;
  };

  /// Rows of one group; 1 where a group would make tiles too large for the cache.
  static std::uint64_t group_rows(std::uint64_t columns) {
    constexpr std::uint64_t group_elements = 1 << 16, most_rows = 16;
    return std::clamp<std::uint64_t>(group_elements / std::max<std::uint64_t>(columns, 1), 1,
                                     most_rows);
  }

  static constexpr std::size_t scratch_bytes(std::uint64_t columns) {
    return scratch::bytes_for<entry>(static_cast<std::size_t>(columns));
  }

  column_products(std::uint64_t columns, scratch& memory)
      : entries_(memory.take<entry>(static_cast<std::size_t>(columns))) {}

  /// Adds the elements of a tile of the tensors `first` and `second`, each less `origin` unless
  /// that is nullptr. A tile holds whole groups, but for the tensor's last; or it is any range of
  /// elements where a group is one row.
  template <class Element>
  void add(const Element* first, const Element* second, const Element* origin,
           std::uint64_t begin, std::size_t count) {
    const std::size_t columns = entries_.size();
    const std::size_t group = static_cast<std::size_t>(group_rows(columns));
    std::size_t done = 0;
    while (done < count) {
      const std::size_t column = static_cast<std::size_t>((begin + done) % columns);
      const std::size_t whole_rows = column == 0 ? (count - done) / columns : 0;
      const std::size_t rows = std::clamp<std::size_t>(whole_rows, 1, group);
      const std::size_t width = std::min(columns - column, count - done);
      for (std::size_t from = 0; from < width; from += lanes) {
        add_lanes<Element>({first + done + from, second + done + from,
                            origin == nullptr ? nullptr : origin + done + from},
                           rows, column + from, std::min(lanes, width - from));
      }
      done += rows * width;
    }
  }

  /// The same where there is one column: a block of a vector, counted from the vector's start.
  /// Elements are of the compute type `Real` or as they are stored.
  template <class Real, class Element>
  void add_block(const Element* first, const Element* second,
                 std::type_identity_t<const Element*> origin, std::size_t count) {
    const products_of_two products = dots_of_two<Real>(first, second, origin, count);
    add_products(entries_.front(), products.first_first, products.second_second,
                 products.first_second);
  }

  void combine(const column_products& other) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      entries_[i].first_first.combine(other.entries_[i].first_first);
      entries_[i].second_second.combine(other.entries_[i].second_second);
      entries_[i].first_second.combine(other.entries_[i].first_second);
    }
  }

  void clear() { std::fill(entries_.begin(), entries_.end(), entry{}); }

  std::span<const entry> entries() const { return entries_; }

 private:
  static constexpr std::size_t lanes = 64;

  template <class Element>
  struct source {
    const Element* first;
    const Element* second;
    const Element* origin;
  };

  /// Adds `rows` rows of `count` columns from `column` on.
  template <class Element>
  void add_lanes(const source<Element>& from, std::size_t rows, std::size_t column,
                 std::size_t count) {
    std::array<double, lanes> first_first{}, second_second{}, first_second{};
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t at = row * entries_.size();
      for (std::size_t i = 0; i < count; ++i) {
        const double origin = from.origin == nullptr ? 0.0 : load<double>(from.origin[at + i]);
        const double a = load<double>(from.first[at + i]) - origin;
        const double b = load<double>(from.second[at + i]) - origin;
        first_first[i] += a * a;
        second_second[i] += b * b;
        first_second[i] += a * b;
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      add_products(entries_[column + i], first_first[i], second_second[i], first_second[i]);
    }
  }

  static void add_products(entry& sums, double first_first, double second_second,
                           double first_second) {
    sums.first_first.add(first_first);
    sums.second_second.add(second_second);
    sums.first_second.add(first_second);
  }

  std::span<entry> entries_;
};

}  // namespace tensormerge
