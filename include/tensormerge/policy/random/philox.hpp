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
    numbers words = counter;
    std::uint32_t a = key_[0], b = key_[1];
    for (int round = 0; round < rounds; ++round, a += step_a, b += step_b) {
      mix(words[0], words[1], words[2], words[3], a, b);
    }
    return words;
  }

  /// The numbers of `count` counters {first + i, its high half, stream, 0}: those of the counter i
  /// are into[i], into[count + i], into[2 count + i] and into[3 count + i].
  template <std::size_t count>
  void fill(std::uint64_t first, std::uint32_t stream,
            std::array<std::uint32_t, 4 * count>& into) const {
    // As many as keep the compiler on loops over all lanes of 32 bits, which it vectorises.
    constexpr std::size_t lanes = count < 32 ? count : 32;
    static_assert(count % lanes == 0);
    for (std::size_t begin = 0; begin < count; begin += lanes) {
      std::uint32_t w[lanes], x[lanes], y[lanes], z[lanes];
      for (std::size_t i = 0; i < lanes; ++i) {
        const std::uint64_t counter = first + begin + i;
        w[i] = static_cast<std::uint32_t>(counter);
        x[i] = static_cast<std::uint32_t>(counter >> 32);
        y[i] = stream;
        z[i] = 0;
      }
      std::uint32_t a = key_[0], b = key_[1];
      for (int round = 0; round < rounds; ++round, a += step_a, b += step_b) {
        for (std::size_t i = 0; i < lanes; ++i) mix(w[i], x[i], y[i], z[i], a, b);
      }
      for (std::size_t i = 0; i < lanes; ++i) {
        into[begin + i] = w[i];
        into[count + begin + i] = x[i];
        into[2 * count + begin + i] = y[i];
        into[3 * count + begin + i] = z[i];
      }
    }
  }

 private:
  static constexpr int rounds = 10;
  static constexpr std::uint32_t step_a = 0x9e3779b9u;  // golden ratio
  static constexpr std::uint32_t step_b = 0xbb67ae85u;  // square root of 3, less 1

  /// One round.
  static constexpr void mix(std::uint32_t& w, std::uint32_t& x, std::uint32_t& y, std::uint32_t& z,
                            std::uint32_t a, std::uint32_t b) {
    const std::uint64_t even = std::uint64_t{0xd2511f53u} * w;
    const std::uint64_t odd = std::uint64_t{0xcd9e8d57u} * y;
    w = static_cast<std::uint32_t>(odd >> 32) ^ x ^ a;
    x = static_cast<std::uint32_t>(odd);
    y = static_cast<std::uint32_t>(even >> 32) ^ z ^ b;
    z = static_cast<std::uint32_t>(even);
  }

  std::array<std::uint32_t, 2> key_;
};

}  // namespace tensormerge
