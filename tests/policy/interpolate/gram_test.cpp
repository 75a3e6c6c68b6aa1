#include <array>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/interpolate/gram.hpp>

namespace tensormerge {
namespace {

class gram : public testing::Test {
 protected:
  gram_matrix make(std::size_t n) {
    lent_.emplace_back(gram_matrix::scratch_bytes(n));
    scratch memory(lent_.back());
    return gram_matrix(n, memory);
  }

 private:
  std::vector<std::vector<std::byte>> lent_;
};

const std::vector<double> a{1, 2, 3, 4}, b{-1, 0, 1, 2}, base{1, 1, 1, 1};

TEST_F(gram, holds_every_inner_product_both_ways) {
  gram_matrix products = make(2);
  products.add<double>(std::array{a.data(), b.data()}, 0, 4);
  EXPECT_EQ(products(0, 0), 30);
  EXPECT_EQ(products(1, 1), 6);
  EXPECT_EQ(products(0, 1), 10);
  EXPECT_EQ(products(1, 0), 10);
}

TEST_F(gram, adds_blocks) {
  gram_matrix products = make(2);
  products.add<double>(std::array{a.data(), b.data()}, 0, 3);
  products.add<double>(std::array{a.data(), b.data()}, 3, 1);
  EXPECT_EQ(products(0, 1), 10);
}

TEST_F(gram, multiplies_differences_from_a_base) {
  gram_matrix products = make(2);
  products.add_deltas<double>(std::array{a.data(), b.data()}, base.data(), 1, 3);
  EXPECT_EQ(products(0, 0), 1 + 4 + 9);
  EXPECT_EQ(products(0, 1), -1 + 0 + 3);
}

TEST_F(gram, combines_and_clears) {
  gram_matrix left = make(1), right = make(1);
  left.add<double>(std::array{a.data()}, 0, 2);
  right.add<double>(std::array{a.data()}, 2, 2);
  left.combine(right);
  EXPECT_EQ(left(0, 0), 30);
  left.clear();
  EXPECT_EQ(left(0, 0), 0);
}

}  // namespace
}  // namespace tensormerge
