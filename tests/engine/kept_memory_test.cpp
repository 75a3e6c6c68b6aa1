#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/engine/kept_memory.hpp>

namespace tensormerge {
namespace {

TEST(kept_memory, hands_out_no_more_than_its_limit) {
  kept_memory memory(100);
  EXPECT_EQ(memory.take(60).size, 60u);
  EXPECT_EQ(memory.take(60).bytes, nullptr);
  EXPECT_EQ(memory.take(40).size, 40u);
  EXPECT_EQ(memory.take(1).bytes, nullptr);
}

TEST(kept_memory, hands_out_again_what_was_given_back) {
  kept_memory memory(100);
  std::vector<kept_memory::piece> pieces;
  pieces.push_back(memory.take(80));
  pieces.push_back(memory.take(80));
  const std::byte* const first = pieces[0].bytes.get();
  memory.give_back(std::move(pieces));
  EXPECT_EQ(memory.take(70).bytes.get(), first);
  EXPECT_EQ(memory.take(70).bytes, nullptr);
}

TEST(kept_memory, serves_large_and_small_ranges_for_any_number_of_tensors) {
  kept_memory memory(1000);
  for (int tensor = 0; tensor < 50; ++tensor) {
    std::vector<kept_memory::piece> pieces;
    for (const std::size_t bytes : {200u, 200u, 200u, 50u + static_cast<unsigned>(tensor)}) {
      pieces.push_back(memory.take(bytes));
      EXPECT_GE(pieces.back().size, bytes) << tensor;
    }
    memory.give_back(std::move(pieces));
  }
}

}  // namespace
}  // namespace tensormerge
