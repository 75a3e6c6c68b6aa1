#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tensormerge {

/// Elements are observed in blocks of this many, counted from the tensor's first element, whatever
/// the tiles are: that makes every statistic independent of the tile size.
inline constexpr std::size_t block_elements = 256;

/// What a merge method knows of a tensor before it sees the elements.
struct tensor_facts {
  std::uint64_t elements = 0;
  std::uint64_t row_length = 1;  // extent of the last axis
  /// Key of the tensor's random numbers, made of the seed and the tensor's name.
  std::uint64_t random_key = 0;
  std::uint64_t column_length = 1;  // extent of the first axis
  std::size_t axes = 1;
};

/// The facts of a tensor of one axis.
constexpr tensor_facts vector_facts(std::uint64_t elements, std::uint64_t random_key = 0) {
  return {.elements = elements,
          .row_length = elements,
          .random_key = random_key,
          .column_length = elements,
          .axes = 1};
}

/// The facts of a matrix.
constexpr tensor_facts matrix_facts(std::uint64_t rows, std::uint64_t columns,
                                    std::uint64_t random_key = 0) {
  return {.elements = rows * columns,
          .row_length = columns,
          .random_key = random_key,
          .column_length = rows,
          .axes = 2};
}

/// The same range of elements of every tensor that takes part in a merge, in the compute type or,
/// as `Element`, in the type that they are stored in and are loaded from with load<Real>.
/// `first` is a multiple of block_elements, and so is `size` unless the tensor ends with the tile.
template <class Real, class Element = Real>
struct tile {
  std::span<const Element* const> inputs;  // one pointer to `size` elements per input
  const Element* base = nullptr;           // nullptr where the merge has no base
  std::size_t size = 0;
  std::uint64_t first = 0;  // index of the first element within the tensor
};

/// Calls `visit(begin, count)` for each block of a tile, `begin` counted from the tile's start.
template <class Real, class Element, class Visitor>
void for_each_block(const tile<Real, Element>& piece, Visitor&& visit) {
  for (std::size_t begin = 0; begin < piece.size; begin += block_elements) {
    visit(begin, std::min(block_elements, piece.size - begin));
  }
}

}  // namespace tensormerge
