#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/policy/random/element_bits.hpp>
#include <tensormerge/policy/random/threefry.hpp>
#include <tensormerge/tensor/tile.hpp>

namespace tensormerge {
namespace {

TEST(element_bits, are_the_halves_of_the_generators_numbers) {
  constexpr std::uint64_t key = 9, block = 5;
  constexpr std::uint32_t stream = 3;
  element_bits::block bits;
  element_bits(key, stream).first_bits(block * block_elements, bits);
  constexpr std::size_t counters = block_elements / 8;
  for (std::size_t i = 0; i < counters; ++i) {
    const threefry::numbers drawn =
        threefry(key)({static_cast<std::uint32_t>(block * counters + i), 0, stream, 0});
    for (std::size_t word = 0; word < 4; ++word) {
      EXPECT_EQ(bits[word * counters + i], drawn[word] & 0xffffu);
      EXPECT_EQ(bits[block_elements / 2 + word * counters + i], drawn[word] >> 16);
    }
  }
}

TEST(element_bits, has_more_for_an_element_under_a_counter_of_its_own) {
  constexpr std::uint64_t index = 0x123456789u;
  EXPECT_EQ(element_bits(9, 3).more_bits(index), threefry(9)({0x23456789u, 0x1u, 3, 1})[0]);
}

}  // namespace
}  // namespace tensormerge
