#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tensormerge {

/// Random numbers that are a function of a key and a counter: Threefry 4x32 with 13 rounds. Whoever
/// asks for the numbers of a counter gets the same ones, in any order and on any thread. It only
/// adds, rotates and takes exclusive ors, which vector units do in lanes of 32 bits; 12 rounds are
/// the fewest that pass all statistical tests.
/// Ref: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
class threefry {
 public:
  using numbers = std::array<std::uint32_t, 4>;

  /// Uses the lower half of the generator's key of 128 bits; the upper one is zero.
  explicit constexpr threefry(std::uint64_t key) : threefry(key, 0) {}
  constexpr threefry(std::uint64_t low, std::uint64_t high)
      : key_{static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
             static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32), 0} {
    key_[4] = parity ^ key_[0] ^ key_[1] ^ key_[2] ^ key_[3];
  }

  /// Four independent numbers, uniform over 32 bits.
  constexpr numbers operator()(const numbers& counter) const {
    lanes<1> words{{{counter[0]}, {counter[1]}, {counter[2]}, {counter[3]}}};
    scramble(words);
    return {words[0][0], words[1][0], words[2][0], words[3][0]};
  }

  /// The numbers of `count` counters {first + i, its high half, stream, 0}: those of the counter i
  /// are into[i], into[count + i], into[2 count + i] and into[3 count + i]. `first` is a multiple
  /// of `count`, a power of two.
  template <std::size_t count>
  void fill(std::uint64_t first, std::uint32_t stream,
            std::array<std::uint32_t, 4 * count>& into) const {
    static_assert(std::has_single_bit(count));
    // As many as vector registers hold through all rounds.
    constexpr std::size_t width = count < 32 ? count : 32;
    const auto low = static_cast<std::uint32_t>(first);
    const auto high = static_cast<std::uint32_t>(first >> 32);
    for (std::uint32_t begin = 0; begin < count; begin += width) {
      lanes<width> words;
      for (std::uint32_t i = 0; i < width; ++i) {
        words[0][i] = low + begin + i;
        words[1][i] = high;
        words[2][i] = stream;
        words[3][i] = 0;
      }
      scramble(words);
      for (std::size_t word = 0; word < 4; ++word) {
        for (std::size_t i = 0; i < width; ++i) into[word * count + begin + i] = words[word][i];
      }
    }
  }

 private:
  /// The four words of several counters.
  template <std::size_t width>
  using lanes = std::array<std::array<std::uint32_t, width>, 4>;

  static constexpr std::uint32_t parity = 0x1bd11bdau;
  static constexpr std::size_t rounds = 13;
  static constexpr int rotations[8][2] = {{10, 26}, {11, 21}, {13, 27}, {23, 5},
                                          {6, 20},  {17, 11}, {25, 10}, {18, 20}};

  template <std::size_t width>
  constexpr void scramble(lanes<width>& words) const {
    [&]<std::size_t... round>(std::index_sequence<round...>) {
      ((add_key<round>(words), mix<round>(words)), ...);
    }(std::make_index_sequence<rounds>());
  }

  /// A part of the key is added before every fourth round.
  template <std::size_t round, std::size_t width>
  constexpr void add_key(lanes<width>& words) const {
    if constexpr (round % 4 == 0) {
      constexpr std::uint32_t times = round / 4;
      for (std::size_t word = 0; word < 4; ++word) {
        const std::uint32_t part = key_[(times + word) % 5] + (word == 3 ? times : 0);
        for (std::size_t i = 0; i < width; ++i) words[word][i] += part;
      }
    }
  }

  template <std::size_t round, std::size_t width>
  static constexpr void mix(lanes<width>& words) {
    constexpr std::size_t odd = round % 2;
    mix<rotations[round % 8][0]>(words[0], words[odd ? 3 : 1]);
    mix<rotations[round % 8][1]>(words[2], words[odd ? 1 : 3]);
  }

  template <int rotation, std::size_t width>
  static constexpr void mix(std::array<std::uint32_t, width>& x,
                            std::array<std::uint32_t, width>& y) {
    for (std::size_t i = 0; i < width; ++i) {
      x[i] += y[i];
      y[i] = std::rotl(y[i], rotation) ^ x[i];
    }
  }

  std::array<std::uint32_t, 5> key_;  // and the exclusive or of its four words with `parity`
};

}  // namespace tensormerge
