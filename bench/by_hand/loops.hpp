#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

/// Merges as one writes them without the library: loops over the stored elements of a base and two
/// models, of as few passes as go, with the dtypes' load and store and the random numbers alone
/// taken from it. They have the library's definitions and its exactness: computed in the next wider
/// type, with norms and coefficients in double, and rounded once.
namespace by_hand {

/// One merge's tensors, `rows * columns` elements each, and its parameters by the names that
/// methods give them.
template <class Storage>
struct problem {
  Storage* out;
  const Storage *base, *first, *second;
  std::size_t rows, columns;
  std::uint64_t random_key;
  double weight, density, della_epsilon, gamma, t, nearswap_t, ram_epsilon, scale, select_topk;

  std::size_t size() const { return rows * columns; }
};

template <class Storage>
struct loop {
  const char* method;
  void (*merge)(problem<Storage>);
};

/// Those of bfloat16, float16 and float.
template <class Storage>
std::span<const loop<Storage>> loops();

}  // namespace by_hand
