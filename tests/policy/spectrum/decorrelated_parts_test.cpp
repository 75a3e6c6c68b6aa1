#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/decorrelated_parts.hpp>

#include "some_matrix.hpp"
#include "spectrum_case.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

matrix joined(const std::vector<matrix>& tasks) {
  const Eigen::Index directions = decorrelated_parts::directions(
      tasks[0].rows(), tasks[0].cols(), static_cast<Eigen::Index>(tasks.size()));
  spectrum_case given(tasks, std::vector<double>(tasks.size(), 1), directions);
  decorrelated_parts::merge(given.tasks(), given.room);
  return given.room.merged;
}

TEST(decorrelated_parts, keep_a_single_task) {
  for (const matrix& task : {some_matrix(5, 9), some_matrix(9, 5), some_matrix(100, 100)}) {
    EXPECT_TRUE(joined({task}).isApprox(task, 1e-12));
  }
}

TEST(decorrelated_parts, keep_the_leading_directions_of_tasks_that_do_not_overlap) {
  matrix first = matrix::Zero(4, 6), second = first, expected = first;
  first.diagonal() << 5, 3, 1, 0;
  second.diagonal() << 0, 0, 2, 4;
  expected.diagonal() << 5, 3, 2, 4;
  EXPECT_TRUE(joined({first, second}).isApprox(expected, 1e-13));
}

TEST(decorrelated_parts, take_more_tasks_than_the_matrix_has_directions) {
  const matrix task = some_matrix(2, 3);
  const matrix merged = joined({task, task, task, task});
  EXPECT_EQ(merged.rows(), 2);
  EXPECT_TRUE(merged.allFinite());
  EXPECT_GT(merged.norm(), 0);
}

TEST(decorrelated_parts, of_equal_models_are_nothing) {
  EXPECT_EQ(joined({matrix::Zero(3, 2), matrix::Zero(3, 2)}), matrix::Zero(3, 2));
}

}  // namespace
}  // namespace tensormerge
