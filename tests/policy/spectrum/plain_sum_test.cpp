#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/plain_sum.hpp>

#include "some_matrix.hpp"
#include "spectrum_case.hpp"

namespace tensormerge {
namespace {

TEST(plain_sum, adds_the_weighted_tasks) {
  const Eigen::MatrixXd first = some_matrix(3, 4), second = some_matrix(4, 3).transpose();
  spectrum_case given({first, second}, {1, -0.5}, plain_sum::directions(3, 4, 2));
  plain_sum::merge(given.tasks(), given.room);
  EXPECT_TRUE(given.room.merged.isApprox(first - 0.5 * second, 1e-15));
}

}  // namespace
}  // namespace tensormerge
