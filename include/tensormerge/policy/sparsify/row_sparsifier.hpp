#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <tensormerge/policy/select/row_masks.hpp>
#include <tensormerge/tensor/delta.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

namespace detail {

/// Stands for what calls a visitor with each block of a row.
template <class Real>
struct no_blocks {
  template <class Visitor>
  void operator()(Visitor&&) const {}
};

}  // namespace detail

/// What chooses the elements of one task vector that take part in the merge, and looks at a row
/// (the last axis) before it keeps any of it.
///
/// `Sparsifier::selector<Real>` differs from that of a sparsifier (policy/sparsify/sparsifier.hpp)
/// in that it observes by `observe_row(row, blocks, statistic)`, and that
/// `begin_row(row, blocks, statistic)` comes before `keep(block, row, column, statistic)` is called
/// for the blocks of a row in their order. `blocks(visit)` calls `visit` with each block of the
/// row's task vector. The statistic is the thread's working memory too. `problem()` is what the
/// kernel's is (method/merge_method.hpp).
template <class Sparsifier, class Real>
concept row_sparsifier =
    requires(typename Sparsifier::template selector<Real>& selector,
             const typename Sparsifier::template selector<Real>& observer,
             typename Sparsifier::template selector<Real>::statistic& seen, scratch& memory,
             detail::no_blocks<Real> blocks, delta_block<Real> block, std::uint64_t place) {
      { Sparsifier::template selector<Real>::statistic::scratch_bytes() } ->
          std::convertible_to<std::size_t>;
      requires std::constructible_from<
          typename Sparsifier::template selector<Real>::statistic, scratch&>;
      seen.combine(seen);
      seen.clear();
      { observer.problem() } -> std::same_as<const char*>;
      { observer.wants_observation() } -> std::same_as<bool>;
      observer.observe_row(place, blocks, seen);
      selector.conclude(seen);
      observer.begin_row(place, blocks, seen);
      observer.keep(block, place, place, seen);
    };

/// A selector that can remember what it keeps from one round to the next is given memory for
/// `mask_words(parameters, facts)` words by `remember(row_masks)`, before anything else.
template <class Selector, class Parameters>
concept remembers_masks =
    requires(Selector& selector, const Parameters& shared, const tensor_facts& facts) {
      { Selector::mask_words(shared, facts) } -> std::same_as<std::size_t>;
      selector.remember(row_masks());
    };

}  // namespace tensormerge
