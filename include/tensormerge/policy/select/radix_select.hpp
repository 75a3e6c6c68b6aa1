#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/policy/select/magnitude_range.hpp>
#include <tensormerge/policy/select/magnitudes_between.hpp>
#include <tensormerge/policy/select/selection_counts.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Which elements are kept where more have the threshold's magnitude than places are left. To keep
/// all of them needs no index, and threshold() is then the exact magnitude.
enum class equal_magnitudes { lowest_index_first, highest_index_first, keep_all };

/// Finds which `wanted` elements of a sequence are the largest in magnitude, without sorting or
/// holding it, so that exactly `wanted` elements are kept. A NaN is larger than all numbers.
///
/// A long sequence is sampled first: the sample tells between which magnitudes the last kept one
/// lies, or which it is where many are equal. The next round then counts what is larger, and looks
/// closer only at what lies between. A round that finds the guess wrong is followed by the rounds
/// of a short sequence; the result does not depend on the sample.
///
/// Without a guess, a round counts the elements in a histogram by 15 bits of their magnitude, those
/// that end with zeros after these bits apart from the others. The first such round is of the range
/// where weights lie, by eleven significant bits; if the last kept magnitude is out of that range,
/// the next ones are of the whole bit pattern from its top. Elements that share what is known of
/// the last kept magnitude are listed, and sorted, as soon as they are few. When that magnitude is
/// known, and more elements have it than places are left, rounds of the block's number follow.
///
/// Rounds: the sample and one more, two where much lies between. A wrong guess costs one round, and
/// then those without a guess: one or two where the last kept magnitude lies in the range, seldom
/// three. Either way there may be one more for equal magnitudes, two beyond 2^24 elements.
/// Memory: selection_counts for each thread that observes. Where the sequence changes between the
/// rounds the choice is arbitrary, but nothing worse.
template <class Real>
class radix_select {
 public:
  using histogram = selection_counts;

  /// Sequences of at least this many elements are sampled first.
  static constexpr std::uint64_t least_sampled = std::uint64_t{1} << 18;

  /// Keeps the `wanted` largest of `elements`.
  radix_select(std::uint64_t elements, std::uint64_t wanted,
               equal_magnitudes equals = equal_magnitudes::lowest_index_first)
      : elements_(elements),
        equals_(equals),
        counted_(elements >= least_sampled ? digit::of_sample : digit::of_range) {
    want(wanted);
  }

  /// Changes how many are kept: in the round of the sample and in the next one, or in the first
  /// where there is no sample, before that round is concluded.
  void want(std::uint64_t wanted) {
    missing_ = wanted;
    const bool needs_threshold = equals_ == equal_magnitudes::keep_all && elements_ > 0;
    if (wanted == 0) {
      keep_none();
    } else if (wanted >= elements_ && !needs_threshold) {
      threshold_ = 0;
      counted_ = digit::none;
    }
  }

  /// Whether another round of observing every element is needed.
  bool wants_observation() const { return counted_ != digit::none; }

  /// Whether the present round is of a sample: a part of the elements, spread over the sequence, is
  /// enough, and which does not change the result.
  bool wants_sample() const { return counted_ == digit::of_sample; }

  /// Whether this round counts the same as that of a selection of the same sequence, whose
  /// histogram then serves both.
  bool shares_round_with(const radix_select& other) const {
    return counted_ != digit::none && counted_ == other.counted_ &&
           is_guess_ == other.is_guess_ && threshold_ == other.threshold_ && low_ == other.low_ &&
           span_ == other.span_ && prefix_ == other.prefix_ && shift_ == other.shift_ &&
           width_ == other.width_;
  }

  /// Counts `size` elements; the first has this index.
  void observe(const Real* values, std::size_t size, std::uint64_t first, histogram& seen) const {
    for (std::size_t begin = 0; begin < size;) {
      const std::uint64_t index = first + begin;
      const std::size_t count = static_cast<std::size_t>(
          std::min<std::uint64_t>(size - begin, block_elements - index % block_elements));
      const Real* block = values + begin;
      if (counted_ == digit::of_block) observe_equals(block, count, index / block_elements, seen);
      else if (counted_ == digit::all_of_few) list_between(block, count, index, seen);
      else if (counted_ == digit::of_magnitude) observe_between(block, count, seen);
      else observe_range(block, count, seen);
      begin += count;
    }
  }

  /// Ends a round: takes the counts of all elements.
  void conclude(const histogram& seen) {
    if (is_guess_ && !confirms_guess(seen)) {
      count_range();
      return;
    }
    if (is_guess_) missing_ -= seen.above;
    is_guess_ = false;
    if (counted_ == digit::of_sample) guess(seen.counts());
    else if (counted_ == digit::of_range) narrow_range(seen.counts());
    else if (counted_ == digit::of_magnitude) narrow_magnitude(seen.counts());
    else if (counted_ == digit::all_of_few) settle_few(seen);
    else narrow_block(seen.counts());
  }

  /// The least magnitude that is kept; exact where all equal ones are kept.
  Real threshold() const { return std::bit_cast<Real>(threshold_); }

  /// Ones for the elements that are among the `wanted` and zeros for the others, of `size` elements
  /// from index `first`, a multiple of block_elements. Once no more observation is wanted.
  void mask(const Real* values, std::size_t size, std::uint64_t first, Real* kept) const {
    for (std::size_t begin = 0; begin < size; begin += block_elements) {
      mask_block(values + begin, std::min(block_elements, size - begin),
                 (first + begin) / block_elements, kept + begin);
    }
  }

 private:
  using key_type = decltype(magnitude_key(Real{}));
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  using range = magnitude_range<Real>;
  static constexpr unsigned digit_bits = range::place_bits;
  static constexpr key_type largest_key = std::numeric_limits<key_type>::max() >> 1;

  /// What a round counts.
  enum class digit { of_sample, of_range, of_magnitude, all_of_few, of_block, none };

  void keep_none() {
    threshold_ = std::numeric_limits<key_type>::max() - 1;
    equals_below_ = 0;
    counted_ = digit::none;
  }

  // Each counts one block. What can be found in loops that vectorise is found first; the members
  // are copied, since the counters might be them for all that the compiler knows.

  void observe_range(const Real* values, std::size_t size, histogram& seen) const {
    std::array<key_type, block_elements> found;
    for (std::size_t i = 0; i < size; ++i) found[i] = range::bin(magnitude_key(values[i]));
    std::uint64_t* counts = seen.counts().data();
    for (std::size_t i = 0; i < size; ++i) ++counts[found[i]];
  }

  void observe_between(const Real* values, std::size_t size, histogram& seen) const {
    const unsigned shift = shift_;
    const key_type low = low_, below_mask = (key_type{1} << shift) - 1;
    std::uint64_t* counts = seen.counts().data();
    seen.above += for_each_between(values, size, low_, span_, [=](std::size_t i) {
      const key_type offset = magnitude_key(values[i]) - low;
      ++counts[(offset >> shift) * 2 | ((offset & below_mask) != 0 ? 1 : 0)];
    });
  }

  void list_between(const Real* values, std::size_t size, std::uint64_t first,
                    histogram& seen) const {
    seen.above += for_each_between(values, size, low_, span_, [&](std::size_t i) {
      seen.list(magnitude_key(values[i]), first + i);
    });
  }

  void observe_equals(const Real* values, std::size_t size, std::uint64_t block,
                      histogram& seen) const {
    if (block >> (shift_ + width_) != prefix_) return;
    const key_type threshold = threshold_;
    key_type equals = 0, above = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const key_type key = magnitude_key(values[i]);
      equals += key == threshold ? key_type{1} : key_type{0};
      above += key > threshold ? key_type{1} : key_type{0};
    }
    const std::uint64_t bin = block >> shift_ & ((std::uint64_t{1} << width_) - 1);
    seen.counts()[bin] += equals;
    seen.above += above;
  }

  void mask_block(const Real* values, std::size_t size, std::uint64_t block, Real* kept) const {
    if (block == last_block_) {
      std::fill_n(kept, size, Real{0});
      std::uint64_t places = missing_;
      const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
      for (std::size_t step = 0; step < size; ++step) {
        const std::size_t i = lowest ? step : size - 1 - step;
        const key_type key = magnitude_key(values[i]);
        const bool is_last = key == threshold_ && places > 0;
        if (is_last) --places;
        if (is_last || key > threshold_) kept[i] = 1;
      }
    } else {
      // One comparison for both: a magnitude is above the threshold or at least the next one.
      const key_type least = block >= equals_from_ && block < equals_below_ ? threshold_
                                                                            : threshold_ + 1;
      for (std::size_t i = 0; i < size; ++i) {
        kept[i] = magnitude_key(values[i]) >= least ? Real{1} : Real{0};
      }
    }
  }

  /// The bin in which the last kept element lies, counted from this one down.
  std::size_t bin_from_top(std::span<const std::uint64_t> counts, std::size_t bin) {
    while (counts[bin] < missing_ && bin > 0) missing_ -= counts[bin--];
    return bin;
  }
  /// The same, counted up.
  std::size_t bin_from_bottom(std::span<const std::uint64_t> counts) {
    std::size_t bin = 0;
    while (counts[bin] < missing_ && bin + 1 < counts.size()) missing_ -= counts[bin++];
    return bin;
  }

  /// Where the last kept element lies, as far as a sample of all tells: so that it is seldom wrong,
  /// but does not let much lie between.
  void guess(std::span<const std::uint64_t> counts) {
    const double seen = static_cast<double>(
        std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
    if (seen == 0) {
      count_range();
      return;
    }
    const double share = static_cast<double>(missing_) / static_cast<double>(elements_);
    const double wanted = share * seen;
    const double margin = 4 * std::sqrt(wanted * (1 - share)) + 4;

    const auto count_of = [&](std::size_t bin) { return static_cast<double>(counts[bin]); };
    std::size_t high = histogram::bins - 1;
    double above = 0;
    for (; high > 0 && above + count_of(high) < wanted - margin; --high) above += count_of(high);
    // Many that are equal are more probably it than not, and easily counted.
    std::size_t nearest = high;
    for (double sum = above + count_of(high); nearest > 0 && sum < wanted;) {
      sum += count_of(--nearest);
    }
    const bool is_exact = nearest % 2 == 0 && nearest / 2 < range::last_place;
    std::size_t low = high;
    double between = count_of(low);
    while (low > 0 && above + between < wanted + margin) between += count_of(--low);
    if (is_exact && count_of(nearest) > 2 * margin) low = high = nearest;

    is_guess_ = true;
    low_ = range::lowest_of(low / 2);
    const bool is_bounded = high / 2 < range::last_place;
    span_ = (is_bounded ? range::lowest_of(high / 2 + 1) - 1 : largest_key) - low_;
    if (low == high && low % 2 == 0 && is_bounded) {
      threshold_ = low_;
      count_blocks();
    } else if (between / seen * static_cast<double>(elements_) <= 0.75 * histogram::most_listed) {
      counted_ = digit::all_of_few;
    } else {
      count_between();
    }
  }

  /// Whether the last kept element is where it was looked for.
  bool confirms_guess(const histogram& seen) const {
    std::uint64_t between = seen.listed();
    if (counted_ != digit::all_of_few) {
      between = std::accumulate(seen.counts().begin(), seen.counts().end(), std::uint64_t{0});
    } else if (between == histogram::most_listed) {
      return false;
    }
    return seen.above < missing_ && missing_ <= seen.above + between;
  }

  /// Turns to counting all magnitudes, as without a guess.
  void count_range() {
    is_guess_ = false;
    threshold_ = low_ = span_ = 0;
    prefix_ = 0;
    shift_ = width_ = 0;
    counted_ = digit::of_range;
  }

  /// Turns to counting all magnitudes between the bounds.
  void count_between() {
    const unsigned bits = static_cast<unsigned>(std::bit_width(span_));
    shift_ = bits > digit_bits ? bits - digit_bits : 0;
    counted_ = digit::of_magnitude;
  }

  /// Turns to counting the blocks with the threshold's magnitude.
  void count_blocks() {
    counted_ = digit::of_block;
    prefix_ = 0;
    next_block_digit(static_cast<unsigned>(std::bit_width(elements_ / block_elements)));
  }

  /// Turns to the next bits of the block's number, below bit `top`.
  void next_block_digit(unsigned top) {
    constexpr unsigned most = digit_bits + 1;
    shift_ = top > most ? top - most : 0;
    width_ = top - shift_;
  }

  void narrow_range(std::span<const std::uint64_t> counts) {
    const std::uint64_t wanted = missing_;
    const std::size_t bin = bin_from_top(counts, histogram::bins - 1);
    const std::size_t place = bin / 2;
    if (bin == 1 || place == range::last_place) {
      missing_ = wanted;
      low_ = 0;
      span_ = largest_key;
      count_between();
    } else {
      shift_ = range::shift;
      low_ = range::lowest_of(place);
      settle_magnitude(bin % 2 == 0, counts[bin]);
    }
  }

  void narrow_magnitude(std::span<const std::uint64_t> counts) {
    const std::size_t bin =
        bin_from_top(counts, static_cast<std::size_t>(span_ >> shift_) * 2 + 1);
    low_ += static_cast<key_type>(bin / 2) << shift_;
    settle_magnitude(bin % 2 == 0, counts[bin]);
  }

  /// Goes on from the least magnitude that shares what is known of the last kept element's. That is
  /// it if the element's is exact, and `count` elements have it; or else so many are above it by
  /// less than 2^shift.
  void settle_magnitude(bool is_exact, std::uint64_t count) {
    const bool keeps_counted = equals_ != equal_magnitudes::keep_all && count == missing_;
    if (!is_exact && !keeps_counted) {
      span_ = (key_type{1} << shift_) - 1;
      if (count > histogram::most_listed) {
        count_between();
      } else {
        counted_ = digit::all_of_few;
        ++low_;
        --span_;
      }
      return;
    }
    threshold_ = low_ + (is_exact ? 0 : 1);
    if (keeps_counted || equals_ == equal_magnitudes::keep_all) counted_ = digit::none;
    else count_blocks();
  }

  void settle_few(const histogram& seen) {
    counted_ = digit::none;
    if (seen.listed() == 0) return;
    const auto keys = seen.keys().first(seen.listed());
    missing_ = std::min<std::uint64_t>(missing_, keys.size());
    std::uint64_t* const begin = seen.unused().data();
    std::uint64_t* const last_kept = std::copy(keys.begin(), keys.end(), begin) - missing_;
    std::nth_element(begin, last_kept, begin + keys.size());
    threshold_ = static_cast<key_type>(*last_kept);
    if (equals_ == equal_magnitudes::keep_all) return;

    missing_ -= static_cast<std::uint64_t>(
        std::count_if(keys.begin(), keys.end(), [this](auto key) { return key > threshold_; }));
    std::uint64_t* end = begin;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == threshold_) *end++ = seen.indices()[i];
    }
    const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
    std::uint64_t* const last_index = lowest ? begin + (missing_ - 1) : end - missing_;
    std::nth_element(begin, last_index, end);
    last_block_ = *last_index / block_elements;
    missing_ = static_cast<std::uint64_t>(
        std::count_if(lowest ? begin : last_index, lowest ? last_index + 1 : end,
                      [this](auto i) { return i / block_elements == last_block_; }));
    if (lowest) equals_below_ = last_block_;
    else equals_from_ = last_block_ + 1;
  }

  void narrow_block(std::span<const std::uint64_t> counts) {
    if (equals_ == equal_magnitudes::keep_all) {
      counted_ = digit::none;
      return;
    }
    const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
    const std::size_t bin = lowest ? bin_from_bottom(counts)
                                   : bin_from_top(counts, (std::size_t{1} << width_) - 1);
    prefix_ = prefix_ << width_ | bin;
    const bool whole_bin = counts[bin] == missing_;
    if (!whole_bin && shift_ > 0) {
      next_block_digit(shift_);
      return;
    }
    const std::uint64_t from = prefix_ << shift_, below = (prefix_ + 1) << shift_;
    if (!whole_bin) last_block_ = prefix_;
    if (lowest) equals_below_ = whole_bin ? below : from;
    else equals_from_ = whole_bin ? from : below;
    counted_ = digit::none;
  }

  std::uint64_t elements_;
  std::uint64_t missing_ = 0;  // kept elements whose place is not known yet
  equal_magnitudes equals_;
  digit counted_;
  bool is_guess_ = false;      // the last kept element may not be where this round looks
  key_type low_ = 0;           // the least magnitude that is looked at
  key_type span_ = 0;          // and how far beyond it the largest is
  std::uint64_t prefix_ = 0;   // of the last kept element's block, the bits above the current digit
  unsigned shift_ = 0;         // lowest bit of the current digit
  unsigned width_ = 0;         // its bits, of the block's number
  key_type threshold_ = 0;     // the least magnitude that is kept
  // Of the elements with the threshold's magnitude, those of these blocks are kept, and as many of
  // the last block's as are missing.
  std::uint64_t equals_from_ = 0;
  std::uint64_t equals_below_ = no_limit;
  std::uint64_t last_block_ = no_limit;
};

}  // namespace tensormerge
