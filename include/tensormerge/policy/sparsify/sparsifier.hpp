#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// What chooses the elements of one task vector that take part in the merge.
///
/// `Sparsifier::selector<Real>` is made for one input of one tensor from the method's parameters,
/// the input's parameters, the tensor's facts and the input's place, counted from 0. While
/// `wants_observation()`, it is shown every block of the task vector with the index of the block's
/// first element (`observe`, const, into a statistic a thread), the statistics are combined in any
/// order, and `conclude` ends the round. Then `keep` sets the elements that are not chosen to zero
/// and rescales the others. `bool wants_sample() const`, which it need not have, is as a kernel's.
/// A selector must not depend on the order in which blocks are shown.
template <class Sparsifier, class Real>
concept sparsifier =
    requires(typename Sparsifier::template selector<Real>& selector,
             const typename Sparsifier::template selector<Real>& observer,
             typename Sparsifier::template selector<Real>::statistic& seen, scratch& memory,
             delta_block<const Real> block, delta_block<Real> mutable_block, std::uint64_t first) {
      { Sparsifier::template selector<Real>::statistic::scratch_bytes() } ->
          std::convertible_to<std::size_t>;
      requires std::constructible_from<
          typename Sparsifier::template selector<Real>::statistic, scratch&>;
      seen.combine(seen);
      seen.clear();
      { observer.wants_observation() } -> std::same_as<bool>;
      observer.observe(block, first, seen);
      selector.conclude(seen);
      observer.keep(mutable_block, first);
    };

/// Whether a sparsifier keeps every element as it is, and says so by `using keeps_everything` of
/// its own name, which a policy derived from it does not inherit.
template <class Sparsifier>
concept keeps_everything = std::same_as<typename Sparsifier::keeps_everything, Sparsifier>;

}  // namespace tensormerge
