#pragma once

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstdint>

namespace tensormerge {

/// Whether the present round of a kernel, or of a part of one, wants a sample: to observe some of
/// the elements, spread over the tensor, is enough then, and which does not change the result. One
/// that has no `bool wants_sample() const` wants all.
template <class Observer>
bool wants_sample(const Observer& observer) {
  if constexpr (requires {
                  { observer.wants_sample() } -> std::same_as<bool>;
                }) {
    return observer.wants_sample();
  } else {
    static_assert(!requires(Observer& any) { any.wants_sample(); },
                  "tensormerge: `wants_sample` is const and returns bool");
    return false;
  }
}

/// Of so many pieces that follow each other one is a sample's.
inline constexpr std::uint64_t sample_step = 8;
static_assert(std::has_single_bit(sample_step));

/// Calls `visit(begin, count)` for the pieces of a sample of `size` elements: one of each
/// sample_step pieces of `length` elements. Which one differs irregularly, also by `number`, the
/// place among what is sampled apart: always the same one would be of the same columns in each row
/// of a matrix.
template <class Visitor>
void for_each_sampled(std::uint64_t size, std::uint64_t length, std::uint64_t number,
                      Visitor visit) {
  constexpr int place_bits = std::countr_zero(sample_step);
  for (std::uint64_t group = 0; group * sample_step * length < size; ++group) {
    // The first bits of multiples of the golden ratio: spread evenly, without a short period.
    const std::uint64_t place = (group + number) * 0x9e3779b97f4a7c15u >> (64 - place_bits);
    const std::uint64_t begin = (group * sample_step + place) * length;
    if (begin < size) visit(begin, std::min(length, size - begin));
  }
}

}  // namespace tensormerge
