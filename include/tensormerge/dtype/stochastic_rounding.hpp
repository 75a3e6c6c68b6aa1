#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <tensormerge/dtype/convert.hpp>

namespace tensormerge {

/// Rounds to one of the two neighbours in storage, to each with the probability that makes the
/// expectation the value itself, so that rounding errors do not add up in one direction where many
/// small changes are merged one after the other. Values that storage can hold stay as they are;
/// beyond its largest finite value, rounding is to the nearest.
/// The draw depends on the tensor's key and the element's index alone. A rounding policy.
/// Ref: Connolly, Higham and Mary 2021, "Stochastic rounding and its probabilistic backward error
/// analysis"; generator: SplitMix64 (Steele, Lea and Flood 2014).
class stochastic_rounding {
 public:
  explicit constexpr stochastic_rounding(std::uint64_t key) : key_(key) {}

  template <class Storage, class Real>
  constexpr Storage store(Real x, std::uint64_t index) const {
    const Storage nearest = nearest_even::store<Storage>(x);
    const double value = load<double>(nearest), exact = static_cast<double>(x);
    if (value == exact || exact != exact || value - value != 0) return nearest;
    // Patterns of one sign are ordered as the magnitudes are; a rounded zero keeps the sign.
    const bool above = magnitude(value) > magnitude(exact);
    const Storage other = step(nearest, above ? -1 : 1);
    const double neighbour = load<double>(other);
    const double share = (exact - value) / (neighbour - value);  // infinite neighbours: never
    return draw(index) < share ? other : nearest;
  }

 private:
  static constexpr double magnitude(double x) { return x < 0 ? -x : x; }

  template <class Storage>
  static constexpr Storage step(Storage x, int by) {
    using pattern =
        std::conditional_t<sizeof(Storage) == 1, std::uint8_t,
        std::conditional_t<sizeof(Storage) == 2, std::uint16_t,
        std::conditional_t<sizeof(Storage) == 4, std::uint32_t, std::uint64_t>>>;
    return std::bit_cast<Storage>(
        static_cast<pattern>(std::bit_cast<pattern>(x) + static_cast<pattern>(by)));
  }

  /// Uniform in [0, 1), in steps of 2^-53.
  constexpr double draw(std::uint64_t index) const {
    std::uint64_t hash = key_ + (index + 1) * 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return static_cast<double>((hash ^ (hash >> 31)) >> 11) * 0x1p-53;
  }

  std::uint64_t key_;
};

}  // namespace tensormerge
