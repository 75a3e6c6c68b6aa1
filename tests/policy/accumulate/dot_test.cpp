#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/bfloat16.hpp>
#include <tensormerge/dtype/convert.hpp>
#include <tensormerge/policy/accumulate/dot.hpp>

namespace tensormerge {
namespace {

TEST(dot, sums_products_for_every_count_around_the_lanes) {
  for (std::size_t count = 0; count < 40; ++count) {
    std::vector<float> a, b;
    double expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      a.push_back(static_cast<float>(i) + 1);
      b.push_back(i % 2 == 0 ? 3.0f : -2.0f);
      expected += (static_cast<double>(i) + 1) * (i % 2 == 0 ? 3 : -2);
    }
    EXPECT_EQ(dot(a.data(), b.data(), count), expected) << count;
  }
}

TEST(dot, multiplies_and_sums_floats_in_double) {
  constexpr float large = std::numeric_limits<float>::max();
  const std::vector<float> a{large, 1}, b{large, 1};
  EXPECT_EQ(dot(a.data(), b.data(), 2), static_cast<double>(large) * large + 1);
}

TEST(dot, carries_a_nan) {
  const std::vector<double> a{1, std::nan(""), 2}, b{1, 0, 1};
  EXPECT_TRUE(std::isnan(dot(a.data(), b.data(), 3)));
}

TEST(dot_of_deltas, subtracts_before_it_multiplies) {
  // In float the differences would lose the last bits.
  const std::vector<float> base{1, 1}, a{1 + 0x1p-20f, 0x1p-30f}, b{1 - 0x1p-20f, 1};
  EXPECT_EQ(dot_of_deltas(a.data(), b.data(), base.data(), 2), -0x1p-40);
  EXPECT_EQ(dot_of_deltas(a.data(), a.data(), base.data(), 2),
            0x1p-40 + (0x1p-30 - 1) * (0x1p-30 - 1));
}

template <class Real>
struct vectors_of {
  std::vector<Real> a, b, base;

  explicit vectors_of(std::size_t count, Real scale = 1) : a(count), b(count), base(count) {
    for (std::size_t i = 0; i < count; ++i) {
      a[i] = scale / (static_cast<Real>(i) + 1);
      b[i] = scale * (Real(0.3) - static_cast<Real>(i));
      base[i] = scale * Real(0.7);
    }
  }
};

TEST(dots_of_two, are_those_of_each_two) {
  for (const std::size_t count : {0u, 5u, 8u, 43u, 600u}) {
    const vectors_of<double> v(count);
    const double *a = v.a.data(), *b = v.b.data(), *base = v.base.data();
    const products_of_two plain = dots_of_two<double>(a, b, nullptr, count);
    EXPECT_EQ(plain.first_first, dot(a, a, count));
    EXPECT_EQ(plain.second_second, dot(b, b, count));
    EXPECT_EQ(plain.first_second, dot(a, b, count));
    const products_of_two deltas = dots_of_two<double>(a, b, base, count);
    EXPECT_EQ(deltas.first_first, dot_of_deltas(a, a, base, count));
    EXPECT_EQ(deltas.second_second, dot_of_deltas(b, b, base, count));
    EXPECT_EQ(deltas.first_second, dot_of_deltas(a, b, base, count));
  }
}

TEST(dots_of_two, are_as_near_in_float_as_is_said_at_any_scale) {
  for (const float scale : {1.0f, 1e-25f, 1e-18f, 1e18f, 1e30f}) {
    for (const std::size_t count : {0u, 5u, 16u, 43u, 600u}) {
      const vectors_of<float> v(count, scale);
      const float *a = v.a.data(), *b = v.b.data(), *base = v.base.data();
      for (const float* origin : {static_cast<const float*>(nullptr), base}) {
        const auto exact = [&](const float* x, const float* y) {
          return origin == nullptr ? dot(x, y, count) : dot_of_deltas(x, y, origin, count);
        };
        const double lengths = std::sqrt(exact(a, a) * exact(b, b));
        const products_of_two products = dots_of_two<float>(a, b, origin, count);
        EXPECT_NEAR(products.first_first, exact(a, a), 1.3e-6 * exact(a, a)) << scale;
        EXPECT_NEAR(products.second_second, exact(b, b), 1.3e-6 * exact(b, b)) << scale;
        EXPECT_NEAR(products.first_second, exact(a, b), 1.3e-6 * lengths) << scale;
      }
    }
  }
}

TEST(dots_of_two, tell_in_float_that_vectors_are_parallel) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (const float factor : {-3.0f, 1.0f, 3.0f}) {
    std::vector<float> a(256), b(256), base(256);
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = load<float>(nearest_even::store<bfloat16>(normal(random)));
      b[i] = factor * a[i];
    }
    for (const float* origin : {static_cast<const float*>(nullptr), std::as_const(base).data()}) {
      const products_of_two products = dots_of_two<float>(a.data(), b.data(), origin, 256);
      const double cosine =
          products.first_second / std::sqrt(products.first_first * products.second_second);
      EXPECT_NEAR(std::abs(cosine), 1, 1e-15) << factor;
    }
  }
}

TEST(dots_of_two, are_nan_of_nan) {
  vectors_of<float> v(20);
  v.a[3] = std::numeric_limits<float>::quiet_NaN();
  const products_of_two products =
      dots_of_two<float>(v.a.data(), v.b.data(), v.base.data(), 20);
  EXPECT_TRUE(std::isnan(products.first_second));
}

TEST(sum_of_magnitudes, ignores_signs) {
  const std::vector<float> a{1, -2, 3, -4, 5, -6, 7, -8, 9};
  EXPECT_EQ(sum_of_magnitudes(a.data(), a.size()), 45);
  EXPECT_EQ(sum_of_magnitudes(a.data(), 0), 0);
}

}  // namespace
}  // namespace tensormerge
