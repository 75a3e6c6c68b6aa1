#pragma once

#include <array>
#include <cstddef>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// At most block_elements of a tile in the compute type: loaded where the tile's elements are as
/// they are stored, and the tile's own otherwise.
template <class Real, class Element>
class loaded_block {
 public:
  loaded_block(const Element* from, std::size_t count) { load_tile(from, values_.data(), count); }
  const Real* data() const { return values_.data(); }

 private:
  std::array<Real, block_elements> values_;
};

template <class Real>
class loaded_block<Real, Real> {
 public:
  loaded_block(const Real* from, std::size_t) : values_(from) {}
  const Real* data() const { return values_; }

 private:
  const Real* values_;
};

}  // namespace tensormerge
