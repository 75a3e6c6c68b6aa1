#include <array>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/tensor/make_stored.hpp>

namespace tensormerge {
namespace {

template <class Storage>
class make_stored_of : public testing::Test {
 protected:
  static std::vector<Storage> some(std::size_t count, float step) {
    std::vector<Storage> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = nearest_even::store<Storage>(static_cast<float>(i % 37) * step);
    }
    return values;
  }
};

using storage_types = testing::Types<float16, bfloat16, float, double, float8_e4m3>;
TYPED_TEST_SUITE(make_stored_of, storage_types);

TYPED_TEST(make_stored_of, calls_with_the_elements_of_every_vector_in_their_order) {
  using real = compute_type<TypeParam>;
  for (const std::size_t count : {0u, 1u, 63u, 256u, 1000u}) {
    const auto a = this->some(count, 0.25f), b = this->some(count, 0.5f);
    std::vector<TypeParam> out(count);
    make_stored<nearest_even, real>(std::array<const TypeParam*, 2>{a.data(), b.data()},
                                    out.data(), count, [](real x, real y) { return x - y / 3; });
    for (std::size_t i = 0; i < count; ++i) {
      const real expected = load<real>(a[i]) - load<real>(b[i]) / 3;
      EXPECT_EQ(out[i], nearest_even::store<TypeParam>(expected)) << i << " of " << count;
    }
  }
}

TYPED_TEST(make_stored_of, may_write_to_one_of_them) {
  using real = compute_type<TypeParam>;
  for (const bool to_second : {false, true}) {
    auto a = this->some(1000, 0.25f), b = this->some(1000, 0.5f);
    std::vector<TypeParam> expected(1000);
    const auto sum = [](real x, real y) { return x + y; };
    const std::array<const TypeParam*, 2> vectors{a.data(), b.data()};
    make_stored<nearest_even, real>(vectors, expected.data(), 1000, sum);
    std::vector<TypeParam>& written = to_second ? b : a;
    make_stored<nearest_even, real>(vectors, written.data(), 1000, sum);
    EXPECT_EQ(written, expected);
  }
}

}  // namespace
}  // namespace tensormerge
