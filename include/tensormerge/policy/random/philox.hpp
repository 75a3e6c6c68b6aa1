#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tensormerge {

/// Random numbers that are a function of a key and a counter: Philox 4x32 with ten rounds. Whoever
/// asks for the numbers of a counter gets the same ones, in any order and on any thread.
/// Ref: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
class philox {
 public:
  using numbers = std::array<std::uint32_t, 4>;

  explicit constexpr philox(std::uint64_t key)
      : key_{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)} {}

  /// Four independent numbers, uniform over 32 bits.
  constexpr numbers operator()(const numbers& counter) const {
    std::array<std::uint64_t, 4> words{counter[0], counter[1], counter[2], counter[3]};
    std::uint32_t a = key_[0], b = key_[1];
    for (int round = 0; round < rounds; ++round, a += step_a, b += step_b) {
      mix(words[0], words[1], words[2], words[3], a, b);
    }
    return {static_cast<std::uint32_t>(words[0]), static_cast<std::uint32_t>(words[1]),
            static_cast<std::uint32_t>(words[2]), static_cast<std::uint32_t>(words[3])};
  }

  /// The numbers of `count` counters {first + i, its high half, stream, 0}: those of the counter i
  /// are into[i], into[count + i], into[2 count + i] and into[3 count + i].
  template <std::size_t count>
  void fill(std::uint64_t first, std::uint32_t stream,
            std::array<std::uint32_t, 4 * count>& into) const {
    constexpr std::size_t lanes = 8;
    static_assert(count % lanes == 0);
    for (std::size_t begin = 0; begin < count; begin += lanes) {
      // In 64 bits, which compilers vectorise better than the widening product of 32.
      std::uint64_t w[lanes], x[lanes], y[lanes], z[lanes];
      for (std::size_t i = 0; i < lanes; ++i) {
        const std::uint64_t counter = first + begin + i;
        w[i] = counter & low_half;
        x[i] = counter >> 32;
        y[i] = stream;
        z[i] = 0;
      }
      std::uint32_t a = key_[0], b = key_[1];
      for (int round = 0; round < rounds; ++round, a += step_a, b += step_b) {
        for (std::size_t i = 0; i < lanes; ++i) mix(w[i], x[i], y[i], z[i], a, b);
      }
      for (std::size_t i = 0; i < lanes; ++i) {
        into[begin + i] = static_cast<std::uint32_t>(w[i]);
        into[count + begin + i] = static_cast<std::uint32_t>(x[i]);
        into[2 * count + begin + i] = static_cast<std::uint32_t>(y[i]);
        into[3 * count + begin + i] = static_cast<std::uint32_t>(z[i]);
      }
    }
  }

 private:
  static constexpr int rounds = 10;
  static constexpr std::uint32_t step_a = 0x9e3779b9u;  // golden ratio
  static constexpr std::uint32_t step_b = 0xbb67ae85u;  // square root of 3, less 1
  static constexpr std::uint64_t low_half = 0xffffffffu;

  /// One round on four words of 32 bits each.
  static constexpr void mix(std::uint64_t& w, std::uint64_t& x, std::uint64_t& y, std::uint64_t& z,
                            std::uint32_t a, std::uint32_t b) {
    const std::uint64_t even = std::uint64_t{0xd2511f53u} * static_cast<std::uint32_t>(w);
    const std::uint64_t odd = std::uint64_t{0xcd9e8d57u} * static_cast<std::uint32_t>(y);
    w = (odd >> 32) ^ x ^ a;
    x = odd & low_half;
    y = (even >> 32) ^ z ^ b;
    z = even & low_half;
  }

  std::array<std::uint32_t, 2> key_;
};

}  // namespace tensormerge
