#include <cstddef>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/prefetch.hpp>

namespace tensormerge {
namespace {

TEST(prefetch, touches_nothing_wherever_it_points) {
  const std::vector<float> few{1, 2, 3};
  for (const std::size_t ahead : {std::size_t{0}, std::size_t{3}, std::size_t{1} << 40,
                                  std::numeric_limits<std::size_t>::max() / 8}) {
    prefetch(few.data(), ahead);
    prefetch(few.data(), ahead, 100);
  }
  prefetch(static_cast<const float*>(nullptr), 1);
  EXPECT_EQ(few, (std::vector<float>{1, 2, 3}));
}

}  // namespace
}  // namespace tensormerge
