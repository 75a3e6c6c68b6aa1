#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/matrix_memory.hpp>

#include "lent_memory.hpp"

namespace tensormerge {
namespace {

TEST(matrix_memory, is_as_large_as_it_says_wherever_it_begins) {
  for (std::size_t skipped = 0; skipped < 64; skipped += 8) {
    lent_memory lent(skipped + matrix_bytes(3, 5) + matrix_bytes(0, 5));
    lent.memory.take<std::byte>(skipped);
    double* const made = take_matrix(3, 5, lent.memory);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made) % 64, 0u);
    EXPECT_EQ(matrix_map(made, 3, 5), Eigen::MatrixXd::Zero(3, 5));
  }
}

}  // namespace
}  // namespace tensormerge
