#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Elements that a tile of the compute type holds where nothing else is asked for: a page of
/// memory, of which several stay in the first-level cache.
template <class Real>
inline constexpr std::uint64_t default_tile_elements = 4096 / sizeof(Real);

/// The number of elements a tile must hold a multiple of (but for the tensor's last tile):
/// block_elements, or `rows` whole rows where a kernel asks for them.
inline std::uint64_t tile_alignment(const tensor_facts& facts, std::uint64_t rows) {
  if (rows == 0) return block_elements;
  const std::uint64_t all_rows = facts.row_length == 0 ? 0 : facts.elements / facts.row_length;
  return std::max<std::uint64_t>(1, std::min(rows, all_rows) * facts.row_length);
}

/// The largest multiple of `alignment` up to `wanted`, at least one.
inline std::uint64_t aligned_tile(std::uint64_t wanted, std::uint64_t alignment) {
  return std::max(wanted / alignment, std::uint64_t{1}) * alignment;
}

}  // namespace tensormerge
