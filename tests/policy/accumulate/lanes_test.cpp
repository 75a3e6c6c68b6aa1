#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/policy/accumulate/lanes.hpp>

namespace tensormerge {
namespace {

template <class Number, std::size_t number>
struct lanes_of {
  using type = Number;
  static constexpr std::size_t count = number;
};

/// Numbers of which every sum and product is exact, so that no order of summation matters.
template <class Lanes>
std::vector<typename Lanes::type> some_numbers(int step) {
  std::vector<typename Lanes::type> values;
  for (std::size_t i = 0; i < Lanes::count; ++i) {
    values.push_back(static_cast<typename Lanes::type>((static_cast<int>(i) - 3) * step) / 4);
  }
  return values;
}

template <class Lanes>
class lanes_test : public testing::Test {
 protected:
  using number = typename Lanes::type;
  using block = lanes<number, Lanes::count>;

  const std::vector<number> a = some_numbers<Lanes>(3), b = some_numbers<Lanes>(-5);

  /// Expects that each lane of `made` is what `make` makes of the numbers in it.
  template <class Make>
  void expect_lanes(const block& made, Make make) const {
    for (std::size_t lane = 0; lane < Lanes::count; ++lane) {
      std::vector<number> chosen(Lanes::count);
      chosen[lane] = 1;
      EXPECT_EQ((made * block(chosen.data())).total(), make(a[lane], b[lane])) << lane;
    }
  }
};

// Of less than a vector of any machine, and of several of the widest.
using sizes = testing::Types<lanes_of<float, 2>, lanes_of<float, 4>, lanes_of<float, 16>,
                             lanes_of<float, 64>, lanes_of<double, 2>, lanes_of<double, 8>,
                             lanes_of<double, 32>>;
TYPED_TEST_SUITE(lanes_test, sizes);

TYPED_TEST(lanes_test, compute_lane_by_lane) {
  using number = typename TypeParam::type;
  using block = lanes<number, TypeParam::count>;
  const block a(this->a.data()), b(this->b.data());
  this->expect_lanes(a + b, [](number x, number y) { return x + y; });
  this->expect_lanes(a - b, [](number x, number y) { return x - y; });
  this->expect_lanes(a * b, [](number x, number y) { return x * y; });
  this->expect_lanes(abs(a), [](number x, number) { return std::abs(x); });
}

TYPED_TEST(lanes_test, add_up_to_the_sum_of_all) {
  typename TypeParam::type sum = 0;
  for (const auto value : this->a) sum += value;
  EXPECT_EQ((lanes<typename TypeParam::type, TypeParam::count>(this->a.data()).total()), sum);
}

TYPED_TEST(lanes_test, give_the_magnitudes_of_both_signs) {
  using number = typename TypeParam::type;
  const std::vector<number> zeros(TypeParam::count, number{-0.0});
  const number sum = abs(lanes<number, TypeParam::count>(zeros.data())).total();
  EXPECT_EQ(sum, 0);
  EXPECT_FALSE(std::signbit(sum));
}

TEST(lanes, fuse_products_of_floats_without_a_difference) {
  const auto limits = std::numeric_limits<float>();
  const float infinity = limits.infinity();
  const std::vector<float> floats{0.0f,  -0.0f,           1.0f / 3, -0x1.fffffep0f, limits.max(),
                                  -5.0f, limits.lowest(), infinity, 0x1.000002p-60f, limits.min(),
                                  limits.denorm_min(),    0x1.8p70f};
  for (const float x : floats) {
    for (const float y : floats) {
      for (const double sum : {0.0, -0.0, 1.0 / 3, -0x1.123456789abcdp90, 1e-300}) {
        const double a[2]{static_cast<double>(x), 1}, b[2]{static_cast<double>(y), -0.0};
        const double sums[2]{sum, -0.0};
        const volatile double product = a[0] * b[0];
        using pair = lanes<double, 2>;
        const double found = add_exact(pair(sums), pair(a), pair(b)).total();
        const double expected = (sum + product) + (-0.0 + -0.0);
        if (std::isnan(expected)) {
          EXPECT_TRUE(std::isnan(found)) << x << " " << y;
        } else {
          EXPECT_EQ(std::bit_cast<std::uint64_t>(found), std::bit_cast<std::uint64_t>(expected))
              << x << " " << y << " " << sum;
        }
      }
    }
  }
}

TYPED_TEST(lanes_test, are_zeros_at_first) {
  EXPECT_EQ((lanes<typename TypeParam::type, TypeParam::count>().total()), 0);
}

TYPED_TEST(lanes_test, keep_what_is_not_finite) {
  using number = typename TypeParam::type;
  std::vector<number> values(TypeParam::count);
  values.back() = -std::numeric_limits<number>::infinity();
  const lanes<number, TypeParam::count> infinite(values.data());
  EXPECT_EQ(abs(infinite).total(), std::numeric_limits<number>::infinity());
  EXPECT_TRUE(std::isnan((infinite - infinite).total()));
}

}  // namespace
}  // namespace tensormerge
