#pragma once

#include <array>
#include <cstddef>

#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// At most block_elements of a tile in the compute type: kept in it where the tile's elements are
/// as they are stored and loading one again would cost more.
template <class Real, class Element>
class loaded_block {
 public:
  loaded_block(const Element* from, std::size_t count) { load_tile(from, values_.data(), count); }
  Real operator[](std::size_t i) const { return values_[i]; }

 private:
  std::array<Real, block_elements> values_;
};

template <class Real, class Element>
  requires(loads_at_once<Element>)
class loaded_block<Real, Element> {
 public:
  loaded_block(const Element* from, std::size_t) : values_(from) {}
  Real operator[](std::size_t i) const { return load<Real>(values_[i]); }

 private:
  const Element* values_;
};

}  // namespace tensormerge
