#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/policy/random/philox.hpp>

namespace tensormerge {
namespace {

TEST(philox, gives_the_published_numbers) {
  // The known answers that come with the authors' implementation (Random123, kat_vectors).
  EXPECT_EQ(philox(0)({0, 0, 0, 0}),
            (philox::numbers{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u}));
  EXPECT_EQ(philox(~std::uint64_t{0})({~0u, ~0u, ~0u, ~0u}),
            (philox::numbers{0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu}));
  EXPECT_EQ(philox(0x299f31d0a4093822u)({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}),
            (philox::numbers{0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}));
}

TEST(philox, fills_a_block_with_the_numbers_of_its_counters) {
  const philox numbers(42);
  constexpr std::size_t count = 16;
  const std::uint64_t first = 0xfffffff8u;  // the counter's high half changes within the block
  std::array<std::uint32_t, 4 * count> block;
  numbers.fill<count>(first, 7, block);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t counter = first + i;
    const philox::numbers expected = numbers(
        {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 7, 0});
    for (std::size_t word = 0; word < 4; ++word) {
      EXPECT_EQ(block[word * count + i], expected[word]) << "counter " << i << " word " << word;
    }
  }
}

}  // namespace
}  // namespace tensormerge
