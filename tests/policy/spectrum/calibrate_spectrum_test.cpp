#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/calibrate_spectrum.hpp>

#include "some_matrix.hpp"
#include "spectrum_case.hpp"

namespace tensormerge {
namespace {

using matrix = Eigen::MatrixXd;

matrix calibrated(const matrix& merged, const std::vector<matrix>& tasks, double least) {
  spectrum_case given(tasks, std::vector<double>(tasks.size(), 1), 0);
  given.room.merged = merged;
  calibrate_spectrum(given.tasks(), least, given.room);
  return given.room.merged;
}

TEST(calibrate_spectrum, changes_nothing_that_points_away_from_one_task) {
  const matrix task = some_matrix(2, 3);
  EXPECT_TRUE(calibrated(-task, {task, -task}, 0.1).isApprox(-task, 1e-13));
}

TEST(calibrate_spectrum, gives_a_multiple_of_the_only_task_its_strength) {
  for (const matrix& task : {some_matrix(3, 5), some_matrix(5, 3), some_matrix(130, 110)}) {
    EXPECT_TRUE(calibrated(4 * task, {task}, 0.1).isApprox(task, 1e-12));
    EXPECT_TRUE(calibrated(4 * task, {task, 2 * task}, 0.1).isApprox(task * (4 / 3.), 1e-12));
  }
}

TEST(calibrate_spectrum, divides_by_no_less_than_it_is_told) {
  const matrix task = some_matrix(3, 3);
  EXPECT_TRUE(calibrated(0.01 * task, {task}, 0.5).isApprox(0.02 * task, 1e-12));
}

TEST(calibrate_spectrum, leaves_zeros) {
  EXPECT_EQ(calibrated(matrix::Zero(2, 2), {some_matrix(2, 2)}, 0.1), matrix::Zero(2, 2));
}

}  // namespace
}  // namespace tensormerge
