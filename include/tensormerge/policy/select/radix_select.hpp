#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {

/// Which elements are kept where more have the threshold's magnitude than places are left. To keep
/// all of them needs no index, and threshold() is then the exact magnitude.
enum class equal_magnitudes { lowest_index_first, highest_index_first, keep_all };

/// Finds which `wanted` elements of a sequence are the largest in magnitude, without sorting or
/// holding it: a histogram of 16 bits of the magnitude's bit pattern a round, most significant bits
/// first, then, where equal magnitudes compete for the last places, of the element's index, so that
/// exactly `wanted` elements are kept. A NaN is larger than all numbers.
///
/// Rounds: at most two for float and four for double, and up to two more for the index.
/// Memory: histogram::bins counters for each thread that observes.
template <class Real>
class radix_select {
 public:
  class histogram {
   public:
    static constexpr std::size_t bins = std::size_t{1} << 16;
    static constexpr std::size_t scratch_bytes() { return scratch::bytes_for<std::uint64_t>(bins); }

    explicit histogram(scratch& memory) : counts_(memory.take<std::uint64_t>(bins)) {}

    void combine(const histogram& other) {
      for (std::size_t bin = 0; bin < bins; ++bin) counts_[bin] += other.counts_[bin];
    }
    void clear() { std::fill(counts_.begin(), counts_.end(), 0); }

   private:
    friend radix_select;
    std::span<std::uint64_t> counts_;
  };

  /// Keeps the `wanted` largest of `elements`.
  radix_select(std::uint64_t elements, std::uint64_t wanted,
               equal_magnitudes equals = equal_magnitudes::lowest_index_first)
      : index_bits_(static_cast<unsigned>(std::bit_width(elements))),
        missing_(wanted),
        equals_(equals) {
    const bool needs_threshold = equals == equal_magnitudes::keep_all && elements > 0;
    if (wanted == 0) {
      keep_none();
    } else if (wanted >= elements && !needs_threshold) {
      keep_from(0);
    } else {
      next_digit(magnitude_key_bits<Real>);
    }
  }

  /// Whether another round of observing every element is needed.
  bool wants_observation() const { return !settled_; }

  /// Whether this round counts the same as that of a selection of the same sequence, whose
  /// histogram then serves both.
  bool shares_round_with(const radix_select& other) const {
    return !settled_ && !other.settled_ && by_index_ == other.by_index_ &&
           threshold_ == other.threshold_ && prefix_ == other.prefix_ && shift_ == other.shift_ &&
           width_ == other.width_;
  }

  /// Counts `size` elements; the first has this index.
  void observe(const Real* values, std::size_t size, std::uint64_t first, histogram& seen) const {
    if (by_index_) {
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t index = first + i;
        if (magnitude_key(values[i]) == threshold_ && matches(index)) {
          ++seen.counts_[digit_of(index)];
        }
      }
    } else {
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t key = magnitude_key(values[i]);
        if (matches(key)) ++seen.counts_[digit_of(key)];
      }
    }
  }

  /// Ends a round: takes the counts of all elements.
  void conclude(const histogram& seen) {
    if (by_index_) {
      narrow_index(seen.counts_);
    } else {
      narrow_magnitude(seen.counts_);
    }
  }

  /// Whether the element is among the `wanted`; meaningful once no more observation is wanted.
  bool keeps(Real value, std::uint64_t index) const {
    const key_type key = magnitude_key(value);
    if (key != threshold_) return key > threshold_;
    return index >= equals_from_ && index < equals_below_;
  }

  /// The least magnitude that is kept; exact where all equal ones are kept.
  Real threshold() const { return std::bit_cast<Real>(threshold_); }

  /// `keeps` of `size` elements, the first of which has this index, as ones and zeros.
  void mask(const Real* values, std::size_t size, std::uint64_t first, Real* kept) const {
    const std::uint64_t end = first + size;
    if (first >= equals_from_ && end <= equals_below_) {
      for (std::size_t i = 0; i < size; ++i) {
        kept[i] = magnitude_key(values[i]) >= threshold_ ? Real{1} : Real{0};
      }
    } else if (end <= equals_from_ || first >= equals_below_) {
      for (std::size_t i = 0; i < size; ++i) {
        kept[i] = magnitude_key(values[i]) > threshold_ ? Real{1} : Real{0};
      }
    } else {
      for (std::size_t i = 0; i < size; ++i) {
        kept[i] = keeps(values[i], first + i) ? Real{1} : Real{0};
      }
    }
  }

 private:
  using key_type = decltype(magnitude_key(Real{}));
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  void keep_none() {
    threshold_ = std::numeric_limits<key_type>::max();
    equals_below_ = 0;
    settled_ = true;
  }

  /// Turns to the next 16 bits, below bit `top`.
  void next_digit(unsigned top) {
    shift_ = top > 16 ? top - 16 : 0;
    width_ = top - shift_;
  }

  bool matches(std::uint64_t key) const { return key >> (shift_ + width_) == prefix_; }
  std::size_t digit_of(std::uint64_t key) const {
    return static_cast<std::size_t>(key >> shift_ & ((std::uint64_t{1} << width_) - 1));
  }

  /// The bin in which the last kept element lies, counted from the highest.
  std::size_t bin_from_top(std::span<const std::uint64_t> counts) {
    std::size_t bin = (std::size_t{1} << width_) - 1;
    while (counts[bin] < missing_) missing_ -= counts[bin--];
    return bin;
  }
  std::size_t bin_from_bottom(std::span<const std::uint64_t> counts) {
    std::size_t bin = 0;
    while (counts[bin] < missing_) missing_ -= counts[bin++];
    return bin;
  }

  void narrow_magnitude(std::span<const std::uint64_t> counts) {
    const std::size_t bin = bin_from_top(counts);
    prefix_ = prefix_ << width_ | bin;
    const bool last_digit = shift_ == 0;
    const bool keeps_bin =
        equals_ == equal_magnitudes::keep_all ? last_digit : counts[bin] == missing_;
    if (keeps_bin) {
      keep_from(prefix_ << shift_);
    } else if (!last_digit) {
      next_digit(shift_);
    } else {
      threshold_ = static_cast<key_type>(prefix_);
      by_index_ = true;
      prefix_ = 0;
      next_digit(index_bits_);
    }
  }

  void narrow_index(std::span<const std::uint64_t> counts) {
    const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
    const std::size_t bin = lowest ? bin_from_bottom(counts) : bin_from_top(counts);
    prefix_ = prefix_ << width_ | bin;
    const bool whole_bin = counts[bin] == missing_;
    if (!whole_bin && shift_ > 0) {
      next_digit(shift_);
      return;
    }
    if (lowest) equals_below_ = (prefix_ + 1) << shift_;
    else equals_from_ = prefix_ << shift_;
    settled_ = true;
  }

  void keep_from(std::uint64_t key) {
    threshold_ = static_cast<key_type>(key);
    settled_ = true;
  }

  unsigned index_bits_;
  std::uint64_t missing_;      // kept elements whose place is not known yet
  equal_magnitudes equals_;
  std::uint64_t prefix_ = 0;   // the bits above the current digit, of the last kept element
  unsigned shift_ = 0;         // lowest bit of the current digit
  unsigned width_ = 0;         // its bits
  bool by_index_ = false;      // the threshold is known, the current digit is of the index
  bool settled_ = false;
  key_type threshold_ = 0;     // the least magnitude that is kept
  std::uint64_t equals_from_ = 0;           // of those with the threshold's magnitude, the
  std::uint64_t equals_below_ = no_limit;   // indices from here to there are kept
};

}  // namespace tensormerge
