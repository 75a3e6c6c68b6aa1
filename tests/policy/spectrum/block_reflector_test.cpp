#include <gtest/gtest.h>

#include <tensormerge/policy/spectrum/block_reflector.hpp>

#include "some_matrix.hpp"

namespace tensormerge {
namespace {

TEST(block_reflector, is_the_product_of_its_reflections) {
  using matrix = Eigen::MatrixXd;
  for (const Eigen::Index count : {Eigen::Index{1}, Eigen::Index{5}, reflections_at_once}) {
    const matrix vectors = some_matrix(40, count), given = some_matrix(40, 130);
    const Eigen::VectorXd factors = 2 / vectors.colwise().squaredNorm().transpose().array();
    matrix product = matrix::Identity(40, 40);
    for (Eigen::Index j = 0; j < count; ++j) {
      product -= (product * vectors.col(j) * factors(j)).eval() * vectors.col(j).transpose();
    }
    const block_reflector reflector(vectors, factors);
    matrix forth = given, back = given;
    reflector.apply(forth);
    reflector.apply_transposed(back);
    EXPECT_TRUE(forth.isApprox(product * given, 1e-13));
    EXPECT_TRUE(back.isApprox(product.transpose() * given, 1e-13));
  }
}

}  // namespace
}  // namespace tensormerge
