#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/scratch.hpp>

namespace tensormerge {
namespace {

TEST(scratch, hands_out_aligned_zeros_that_do_not_overlap) {
  std::vector<std::byte> lent(scratch::bytes_for<char>(3) + scratch::bytes_for<double>(4) +
                              scratch::bytes_for<float>(1),
                              std::byte{0xff});
  scratch memory(lent);
  const std::span<char> letters = memory.take<char>(3);
  const std::span<double> numbers = memory.take<double>(4);
  const std::span<float> last = memory.take<float>(1);
  ASSERT_EQ(letters.size(), 3u);
  ASSERT_EQ(numbers.size(), 4u);
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % alignof(double), 0u);
  for (const double number : numbers) EXPECT_EQ(number, 0);
  EXPECT_GE(static_cast<void*>(numbers.data()), static_cast<void*>(letters.data() + 3));
  EXPECT_GE(static_cast<void*>(last.data()), static_cast<void*>(numbers.data() + 4));
}

TEST(scratch, needs_no_more_than_it_says_from_any_address) {
  std::vector<std::byte> lent(64 + scratch::bytes_for<double>(5));
  for (std::size_t skipped = 0; skipped < 64; ++skipped) {
    const std::span<std::byte> part =
        std::span(lent).subspan(skipped, scratch::bytes_for<double>(5));
    scratch memory(part);
    EXPECT_EQ(memory.take<double>(5).size(), 5u);
  }
}

TEST(scratch, makes_each_element_from_its_index) {
  std::vector<std::byte> lent(scratch::bytes_for<std::size_t>(3));
  scratch memory(lent);
  const std::span<std::size_t> squares =
      memory.make<std::size_t>(3, [](std::size_t i) { return i * i; });
  EXPECT_EQ(squares[2], 4u);
}

TEST(scratch, gives_an_empty_span_where_too_little_is_left) {
  std::vector<std::byte> lent(15);
  scratch memory(lent);
  EXPECT_TRUE(memory.take<double>(2).empty());
  EXPECT_EQ(memory.take<char>(4).size(), 4u);
}

TEST(scratch, hands_out_nothing_from_nothing) {
  scratch memory({});
  EXPECT_TRUE(memory.take<double>(0).empty());
}

}  // namespace
}  // namespace tensormerge
