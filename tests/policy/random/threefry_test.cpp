#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/policy/random/threefry.hpp>

namespace tensormerge {
namespace {

TEST(threefry, gives_the_published_numbers) {
  // The known answers that come with the authors' implementation (Random123, kat_vectors).
  EXPECT_EQ(threefry(0)({0, 0, 0, 0}),
            (threefry::numbers{0x531c7e4fu, 0x39491ee5u, 0x2c855a92u, 0x3d6abf9au}));
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  EXPECT_EQ(threefry(ones, ones)({~0u, ~0u, ~0u, ~0u}),
            (threefry::numbers{0xc4189358u, 0x1c9cc83au, 0xd5881c67u, 0x6a0a89e0u}));
  EXPECT_EQ(threefry(0x299f31d0a4093822u, 0xec4e6c89082efa98u)(
                {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}),
            (threefry::numbers{0x4aa71d8fu, 0x734738c2u, 0x431fc6a8u, 0xae6debf1u}));
}

TEST(threefry, fills_a_block_with_the_numbers_of_its_counters) {
  const threefry numbers(42);
  constexpr std::size_t count = 16;
  const std::uint64_t first = 0x500000030u;
  std::array<std::uint32_t, 4 * count> block;
  numbers.fill<count>(first, 7, block);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t counter = first + i;
    const threefry::numbers expected = numbers(
        {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 7, 0});
    for (std::size_t word = 0; word < 4; ++word) {
      EXPECT_EQ(block[word * count + i], expected[word]) << "counter " << i << " word " << word;
    }
  }
}

}  // namespace
}  // namespace tensormerge
