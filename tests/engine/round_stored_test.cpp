#include <cstddef>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/engine/round_stored.hpp>

namespace tensormerge {
namespace {

TEST(round_stored, leaves_values_that_the_narrow_type_holds_in_the_wide_one) {
  std::vector<float> values{1, 1.001f, 3.14159f, -1e-3f};
  round_stored(dtype::float32, dtype::bfloat16, std::as_writable_bytes(std::span(values)));
  EXPECT_EQ(values, (std::vector<float>{1, 1, 3.140625f, -0.00099945068359375f}));
}

TEST(round_stored, leaves_elements_of_that_type_alone) {
  std::vector<float> values{1.001f};
  round_stored(dtype::float32, dtype::float32, std::as_writable_bytes(std::span(values)));
  EXPECT_EQ(values[0], 1.001f);
}

}  // namespace
}  // namespace tensormerge
