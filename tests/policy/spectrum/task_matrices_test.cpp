#include <array>

#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/decorrelated_parts.hpp>
#include <tensormerge/policy/spectrum/isotropic_sum.hpp>
#include <tensormerge/policy/spectrum/plain_sum.hpp>
#include <tensormerge/policy/spectrum/task_matrices.hpp>

namespace tensormerge {
namespace {

static_assert(spectral_update<isotropic_sum>);
static_assert(spectral_update<decorrelated_parts>);
static_assert(spectral_update<plain_sum>);

constexpr std::array<float, 6> base{1, 1, 1, 2, 2, 2}, a{5, 1, 1, 2, 4, 2}, b{1, 2, 3, 4, 5, 6};
constexpr std::array<double, 2> weights{1, -0.5};

class task_matrices_of_two : public testing::Test {
 protected:
  std::array<const float*, 2> inputs_{a.data(), b.data()};
  task_matrices<float> tasks_{{.inputs = inputs_, .base = base.data(), .size = 6}, 3, weights};
};

TEST_F(task_matrices_of_two, are_differences_in_the_tensor_s_shape) {
  Eigen::MatrixXd first(2, 3), second(2, 3);
  first << 4, 0, 0, 0, 2, 0;
  second << 0, 1, 2, 2, 3, 4;
  EXPECT_EQ(Eigen::MatrixXd(tasks_[0]), first);
  EXPECT_EQ(Eigen::MatrixXd(tasks_[1]), second);
  EXPECT_EQ(tasks_.size(), 2u);
}

TEST_F(task_matrices_of_two, add_up_by_their_weights) {
  Eigen::MatrixXd expected(2, 3), found(2, 3);
  expected << 4, -0.5, -1, -1, 0.5, -2;
  matrix_map sum(found.data(), 2, 3);
  tasks_.sum_weighted(sum);
  EXPECT_EQ(found, expected);
}

TEST(vector_weight, is_a_mean_but_for_the_plain_sum) {
  EXPECT_EQ(isotropic_sum::vector_weight(3, 2), 1.5);
  EXPECT_EQ(decorrelated_parts::vector_weight(3, 2), 1.5);
  EXPECT_EQ(plain_sum::vector_weight(3, 2), 3);
}

}  // namespace
}  // namespace tensormerge
