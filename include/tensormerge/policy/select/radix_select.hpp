#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <span>

#include <tensormerge/policy/select/magnitude_key.hpp>
#include <tensormerge/tensor/scratch.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {

/// Which elements are kept where more have the threshold's magnitude than places are left. To keep
/// all of them needs no index, and threshold() is then the exact magnitude.
enum class equal_magnitudes { lowest_index_first, highest_index_first, keep_all };

/// Finds which `wanted` elements of a sequence are the largest in magnitude, without sorting or
/// holding it, so that exactly `wanted` elements are kept. A NaN is larger than all numbers.
///
/// A round counts the elements in a histogram by 15 bits of their magnitude, those that end with
/// zeros after these bits apart from the others. The first round is of the range where weights lie,
/// by eleven significant bits; if the last kept magnitude is out of that range, the next ones are
/// of the whole bit pattern from its top. Elements that share what is known of the last kept
/// magnitude are listed, and sorted, as soon as they are few. When that magnitude is known, and more
/// elements have it than places are left, rounds of the block's number follow.
///
/// Rounds: one or two where the last kept magnitude lies in the range, seldom three; and one more
/// for equal magnitudes, two in sequences beyond 2^24 elements.
/// Memory: histogram::bins counters for each thread that observes. Where the sequence changes between
/// the rounds the choice is arbitrary, but nothing worse.
template <class Real>
class radix_select {
 public:
  class histogram {
   public:
    static constexpr std::size_t bins = std::size_t{1} << 16;
    static constexpr std::size_t scratch_bytes() { return scratch::bytes_for<std::uint64_t>(bins); }

    explicit histogram(scratch& memory) : counts_(memory.take<std::uint64_t>(bins)) {}

    void combine(const histogram& other) {
      if (listed_ + other.listed_ > 0) {
        for (std::size_t i = 0; i < other.listed_; ++i) list(other.keys()[i], other.indices()[i]);
        return;
      }
      for (std::size_t bin = 0; bin < bins; ++bin) counts_[bin] += other.counts_[bin];
    }
    void clear() {
      std::fill(counts_.begin(), counts_.end(), 0);
      listed_ = 0;
    }

   private:
    friend radix_select;
    static constexpr std::size_t most_listed = bins / 3;

    void list(std::uint64_t key, std::uint64_t index) {
      if (listed_ == most_listed) return;
      keys()[listed_] = key;
      indices()[listed_] = index;
      ++listed_;
    }
    // Parts of the same memory.
    std::span<std::uint64_t> keys() const { return counts_.first(most_listed); }
    std::span<std::uint64_t> indices() const { return counts_.subspan(most_listed, most_listed); }
    std::span<std::uint64_t> unused() const { return counts_.subspan(2 * most_listed); }

    std::span<std::uint64_t> counts_;
    std::size_t listed_ = 0;  // so many keys and indices are there instead of counts
  };

  /// Keeps the `wanted` largest of `elements`.
  radix_select(std::uint64_t elements, std::uint64_t wanted,
               equal_magnitudes equals = equal_magnitudes::lowest_index_first)
      : block_bits_(static_cast<unsigned>(std::bit_width(elements / block_elements))),
        missing_(wanted),
        equals_(equals) {
    const bool needs_threshold = equals == equal_magnitudes::keep_all && elements > 0;
    if (wanted == 0) {
      keep_none();
    } else if (wanted >= elements && !needs_threshold) {
      counted_ = digit::none;
    }
  }

  /// Whether another round of observing every element is needed.
  bool wants_observation() const { return counted_ != digit::none; }

  /// Whether this round counts the same as that of a selection of the same sequence, whose
  /// histogram then serves both.
  bool shares_round_with(const radix_select& other) const {
    return counted_ != digit::none && counted_ == other.counted_ &&
           threshold_ == other.threshold_ && prefix_ == other.prefix_ && shift_ == other.shift_ &&
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
      else if (counted_ == digit::all_of_few) list_matching(block, count, index, seen);
      else observe_magnitudes(block, count, seen);
      begin += count;
    }
  }

  /// Ends a round: takes the counts of all elements.
  void conclude(const histogram& seen) {
    if (counted_ == digit::of_range) narrow_range(seen.counts_);
    else if (counted_ == digit::of_magnitude) narrow_magnitude(seen.counts_);
    else if (counted_ == digit::all_of_few) settle_few(seen);
    else narrow_block(seen.counts_);
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

  static constexpr unsigned fraction_bits = sizeof(Real) == 4 ? 23 : 52;
  static constexpr unsigned exponent_bias = sizeof(Real) == 4 ? 127 : 1023;

  // The range of the first round, up to 2^8: 32 powers of two of 1024 places each, or, since double
  // is for squares too, 64 of 512 places.
  static constexpr unsigned range_bits = sizeof(Real) == 4 ? 10 : 9;
  static constexpr unsigned range_shift = fraction_bits - range_bits;
  static constexpr key_type range_begin =
      key_type{exponent_bias - (sizeof(Real) == 4 ? 24 : 56)} << range_bits;
  static constexpr unsigned digit_bits = 15;
  static constexpr key_type last_place = (key_type{1} << digit_bits) - 1;

  /// What a round counts.
  enum class digit { of_range, of_magnitude, all_of_few, of_block, none };

  void keep_none() {
    threshold_ = std::numeric_limits<key_type>::max() - 1;
    equals_below_ = 0;
    counted_ = digit::none;
  }

  /// Turns to the next bits, below bit `top`.
  void next_digit(unsigned top) {
    const unsigned most = counted_ == digit::of_block ? digit_bits + 1 : digit_bits;
    shift_ = top > most ? top - most : 0;
    width_ = top - shift_;
  }

  /// The bin of an element in the first round. The lowest place is of all below the range, where
  /// those that end with zeros are zeros; the highest of all above it.
  static key_type bin_in_range(key_type key) {
    const key_type place = key >> range_shift;
    const key_type end = place > range_begin ? key & ((key_type{1} << range_shift) - 1) : key;
    return (std::clamp<key_type>(place, range_begin, range_begin + last_place) - range_begin) * 2 |
           (end != 0 ? 1 : 0);
  }

  /// Counts one block. What can be found in loops that vectorise is found first; the members are
  /// copied, since the counters might be them for all that the compiler knows.
  void observe_magnitudes(const Real* values, std::size_t size, histogram& seen) const {
    std::array<key_type, block_elements> found;
    std::size_t matches = size;
    if (counted_ == digit::of_range) {
      for (std::size_t i = 0; i < size; ++i) found[i] = bin_in_range(magnitude_key(values[i]));
    } else {
      matches = find_matching(values, size, found);
    }
    std::uint64_t* counts = seen.counts_.data();
    for (std::size_t i = 0; i < matches; ++i) ++counts[found[i]];
  }

  /// The bins of the elements that have the prefix, and how many these are.
  std::size_t find_matching(const Real* values, std::size_t size,
                            std::array<key_type, block_elements>& found) const {
    const key_type prefix = static_cast<key_type>(prefix_);
    const key_type digit_mask = static_cast<key_type>((std::uint64_t{1} << width_) - 1);
    const key_type below_mask = static_cast<key_type>((std::uint64_t{1} << shift_) - 1);
    const unsigned shift = shift_, above = shift_ + width_;
    std::array<std::uint8_t, block_elements> matching;
    std::size_t matches = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const key_type key = magnitude_key(values[i]);
      found[i] = (key >> shift & digit_mask) * 2 | ((key & below_mask) != 0 ? 1 : 0);
      matching[i] = key >> above == prefix ? 1 : 0;
      matches += matching[i];
    }
    if (matches == size || matches == 0) return matches;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size; ++i) {
      found[kept] = found[i];
      kept += matching[i];
    }
    return matches;
  }

  /// Lists the elements that have the prefix and do not end with zeros after it.
  void list_matching(const Real* values, std::size_t size, std::uint64_t first,
                     histogram& seen) const {
    const key_type least = static_cast<key_type>(prefix_ << shift_) + 1;
    const key_type most = least + static_cast<key_type>((std::uint64_t{1} << shift_) - 2);
    bool any = false;
    for (std::size_t i = 0; i < size; ++i) {
      const key_type key = magnitude_key(values[i]);
      any |= key >= least && key <= most;
    }
    for (std::size_t i = 0; any && i < size; ++i) {
      const key_type key = magnitude_key(values[i]);
      if (key >= least && key <= most) seen.list(key, first + i);
    }
  }

  void observe_equals(const Real* values, std::size_t size, std::uint64_t block,
                      histogram& seen) const {
    if (block >> (shift_ + width_) != prefix_) return;
    std::uint32_t equals = 0;
    for (std::size_t i = 0; i < size; ++i) equals += magnitude_key(values[i]) == threshold_ ? 1 : 0;
    const std::uint64_t bin = block >> shift_ & ((std::uint64_t{1} << width_) - 1);
    seen.counts_[bin] += equals;
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

  void narrow_range(std::span<const std::uint64_t> counts) {
    const std::uint64_t wanted = missing_;
    const std::size_t bin = bin_from_top(counts, histogram::bins - 1);
    const std::size_t place = bin / 2;
    counted_ = digit::of_magnitude;
    if (bin == 1 || place == last_place) {
      missing_ = wanted;
      next_digit(magnitude_key_bits<Real>);
    } else {
      shift_ = range_shift;
      prefix_ = bin == 0 ? 0 : range_begin + place;
      settle_magnitude(bin % 2 == 0, counts[bin]);
    }
  }

  void narrow_magnitude(std::span<const std::uint64_t> counts) {
    const std::size_t bin = bin_from_top(counts, (std::size_t{2} << width_) - 1);
    prefix_ = prefix_ << width_ | bin / 2;
    settle_magnitude(bin % 2 == 0, counts[bin]);
  }

  /// Goes on from the prefix of the last kept element. Its magnitude ends with zeros if it is
  /// exact, and `count` elements have that magnitude; or else so many have the prefix and do not.
  void settle_magnitude(bool is_exact, std::uint64_t count) {
    const bool keeps_counted = equals_ != equal_magnitudes::keep_all && count == missing_;
    if (!is_exact && !keeps_counted) {
      if (count <= histogram::most_listed) counted_ = digit::all_of_few;
      else next_digit(shift_);
      return;
    }
    threshold_ = static_cast<key_type>((prefix_ << shift_) + (is_exact ? 0 : 1));
    if (keeps_counted || equals_ == equal_magnitudes::keep_all) {
      counted_ = digit::none;
      return;
    }
    counted_ = digit::of_block;
    prefix_ = 0;
    next_digit(block_bits_);
  }

  void settle_few(const histogram& seen) {
    const auto begin = seen.unused().begin();
    counted_ = digit::none;
    if (seen.listed_ == 0) return;
    const auto keys = seen.keys().first(seen.listed_);
    missing_ = std::min<std::uint64_t>(missing_, keys.size());
    std::copy(keys.begin(), keys.end(), begin);
    const auto last = begin + static_cast<std::ptrdiff_t>(missing_ - 1);
    std::nth_element(begin, last, begin + std::ssize(keys), std::greater<>());
    threshold_ = static_cast<key_type>(*last);
    if (equals_ == equal_magnitudes::keep_all) return;

    missing_ -= static_cast<std::uint64_t>(
        std::count_if(keys.begin(), keys.end(), [this](auto key) { return key > threshold_; }));
    auto end = begin;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == threshold_) *end++ = seen.indices()[i];
    }
    const auto last_index = begin + static_cast<std::ptrdiff_t>(missing_ - 1);
    const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
    if (lowest) std::nth_element(begin, last_index, end);
    else std::nth_element(begin, last_index, end, std::greater<>());
    last_block_ = *last_index / block_elements;
    missing_ = static_cast<std::uint64_t>(std::count_if(
        begin, last_index + 1, [this](auto i) { return i / block_elements == last_block_; }));
    if (lowest) equals_below_ = last_block_;
    else equals_from_ = last_block_ + 1;
  }

  void narrow_block(std::span<const std::uint64_t> counts) {
    const bool lowest = equals_ == equal_magnitudes::lowest_index_first;
    const std::size_t bin = lowest ? bin_from_bottom(counts)
                                   : bin_from_top(counts, (std::size_t{1} << width_) - 1);
    prefix_ = prefix_ << width_ | bin;
    const bool whole_bin = counts[bin] == missing_;
    if (!whole_bin && shift_ > 0) {
      next_digit(shift_);
      return;
    }
    const std::uint64_t from = prefix_ << shift_, below = (prefix_ + 1) << shift_;
    if (!whole_bin) last_block_ = prefix_;
    if (lowest) equals_below_ = whole_bin ? below : from;
    else equals_from_ = whole_bin ? from : below;
    counted_ = digit::none;
  }

  unsigned block_bits_;        // of the numbers of blocks
  std::uint64_t missing_;      // kept elements whose place is not known yet
  equal_magnitudes equals_;
  std::uint64_t prefix_ = 0;   // the bits above the current digit, of the last kept element
  unsigned shift_ = 0;         // lowest bit of the current digit
  unsigned width_ = 0;         // its bits
  digit counted_ = digit::of_range;
  key_type threshold_ = 0;     // the least magnitude that is kept
  // Of the elements with the threshold's magnitude, those of these blocks are kept, and as many of
  // the last block's as are missing.
  std::uint64_t equals_from_ = 0;
  std::uint64_t equals_below_ = no_limit;
  std::uint64_t last_block_ = no_limit;
};

}  // namespace tensormerge
