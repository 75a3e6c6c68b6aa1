#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/result_block.hpp>

namespace tensormerge {
namespace {

float third(std::size_t i) { return static_cast<float>(i) / 3; }

TEST(make_block, writes_to_memory_of_the_compute_type) {
  std::vector<float> out(8, -1);
  make_block<float>(out.data(), 2, 3, third);
  EXPECT_EQ(out, (std::vector<float>{-1, -1, third(0), third(1), third(2), -1, -1, -1}));
}

TEST(make_block, rounds_to_storage) {
  std::vector<bfloat16> out(block_elements + 2);
  make_block<float>(stored_result<nearest_even, bfloat16>{.elements = out.data()}, 1,
                    block_elements, third);
  EXPECT_EQ(out.front(), bfloat16{});
  EXPECT_EQ(out.back(), bfloat16{});
  for (std::size_t i = 0; i < block_elements; ++i) EXPECT_EQ(out[i + 1], to_bfloat16(third(i)));
}

TEST(make_block, makes_the_same_of_a_result_that_is_apart) {
  const auto element = [](std::size_t i) { return static_cast<double>(i) / 3; };
  for (const bool is_apart : {false, true}) {
    std::vector<float> out(2 * block_elements + 2, -1);
    make_block<double>(
        stored_result<nearest_even, float>{.elements = out.data(), .is_apart = is_apart}, 1,
        2 * block_elements, element);
    EXPECT_EQ(out.front(), -1);
    EXPECT_EQ(out.back(), -1);
    for (std::size_t i = 0; i < 2 * block_elements; ++i) {
      EXPECT_EQ(out[i + 1], static_cast<float>(element(i)));
    }
  }
}

TEST(put_block, copies_or_rounds_what_was_made) {
  const std::vector<float> made{third(1), third(2)};
  std::vector<float> out(4, -1);
  put_block(out.data(), 1, made.data(), made.size());
  EXPECT_EQ(out, (std::vector<float>{-1, third(1), third(2), -1}));
  std::vector<bfloat16> stored(4);
  put_block(stored_result<nearest_even, bfloat16>{.elements = stored.data()}, 2, made.data(),
            made.size());
  EXPECT_EQ(stored, (std::vector<bfloat16>{{}, {}, to_bfloat16(third(1)), to_bfloat16(third(2))}));
}

/// Stores an element's key and index instead of its value.
struct place_of_element {
  explicit place_of_element(std::uint64_t key) : key_(key) {}
  template <class Storage>
  Storage store(float, std::uint64_t index) const {
    return static_cast<Storage>(key_ + index);
  }

 private:
  std::uint64_t key_;
};

TEST(make_block, gives_a_rounding_policy_the_key_and_the_index_within_the_tensor) {
  std::vector<double> out(4);
  make_block<float>(
      stored_result<place_of_element, double>{
          .elements = out.data(), .first = 20, .random_key = 100},
      1, 3, third);
  EXPECT_EQ(out, (std::vector<double>{0, 121, 122, 123}));
}

}  // namespace
}  // namespace tensormerge
