#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// What a round of radix_select has seen: how many elements fell into each bin or, where these are
/// few, which they are, by key and index. Combining is commutative and associative, but for which
/// elements a list has that was cut off; its length tells that it was. Memory: half a MiB.
class selection_counts {
 public:
  static constexpr std::size_t bins = std::size_t{1} << 16;
  /// How many elements are listed at most; beyond that, the list is cut off.
  static constexpr std::size_t most_listed = bins / 3;
  static constexpr std::size_t scratch_bytes() { return scratch::bytes_for<std::uint64_t>(bins); }

  explicit selection_counts(scratch& memory) : counts_(memory.take<std::uint64_t>(bins)) {}

  void combine(const selection_counts& other) {
    above += other.above;
    if (listed_ + other.listed_ > 0) {
      for (std::size_t i = 0; i < other.listed_; ++i) list(other.keys()[i], other.indices()[i]);
      return;
    }
    for (std::size_t bin = 0; bin < bins; ++bin) counts_[bin] += other.counts_[bin];
  }
  void clear() {
    std::fill(counts_.begin(), counts_.end(), 0);
    listed_ = 0;
    above = 0;
  }

  void list(std::uint64_t key, std::uint64_t index) {
    if (listed_ == most_listed) return;
    keys()[listed_] = key;
    indices()[listed_] = index;
    ++listed_;
  }

  /// Elements larger than all that have a bin or are listed.
  std::uint64_t above = 0;

  std::span<std::uint64_t> counts() { return counts_; }
  std::span<const std::uint64_t> counts() const { return counts_; }

  // Parts of the same memory, where elements are listed instead of counted.
  std::size_t listed() const { return listed_; }
  std::span<std::uint64_t> keys() const { return counts_.first(most_listed); }
  std::span<std::uint64_t> indices() const { return counts_.subspan(most_listed, most_listed); }
  std::span<std::uint64_t> unused() const { return counts_.subspan(2 * most_listed); }

 private:
  std::span<std::uint64_t> counts_;
  std::size_t listed_ = 0;
};

}  // namespace tensormerge
