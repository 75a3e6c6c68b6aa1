#pragma once

#include <tensormerge/dtype/rounded.hpp>
#include <tensormerge/policy/accumulate/exact_sum.hpp>

namespace tensormerge {

/// Factor that gives the kept elements the sum of magnitudes that all had; 1 where either sum is
/// below 1e-7. Source: the `rescale` option of mergekit 0.1.5.
inline double match_l1_norm(double all, double kept) {
  constexpr double negligible = 1e-7;
  return all < negligible || kept < negligible ? 1.0 : all / kept;
}

/// The same of sums in a rounded type.
template <class Storage>
rounded<Storage> match_l1_norm(rounded<Storage> all, rounded<Storage> kept) {
  const rounded<Storage> negligible(1e-7);
  return all < negligible || kept < negligible ? rounded<Storage>(1) : all / kept;
}

}  // namespace tensormerge
