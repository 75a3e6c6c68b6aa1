#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/convert.hpp>

namespace tensormerge {
namespace {

static_assert(std::is_same_v<compute_type<float16>, float>);
static_assert(std::is_same_v<compute_type<bfloat16>, float>);
static_assert(std::is_same_v<compute_type<float>, double>);
static_assert(std::is_same_v<compute_type<double>, double>);

template <class Storage>
class narrow_storage : public testing::Test {
 protected:
  static constexpr std::uint32_t infinity = std::is_same_v<Storage, float16> ? 0x7c00 : 0x7f80;
  static double value(std::uint32_t bits) {
    return load<double>(Storage{static_cast<std::uint16_t>(bits)});
  }
  static std::uint32_t stored(double x) { return nearest_even::store<Storage>(x).bits; }
};
using narrow_storages = testing::Types<float16, bfloat16>;
TYPED_TEST_SUITE(narrow_storage, narrow_storages);

TYPED_TEST(narrow_storage, loads_alike_into_both_compute_types) {
  for (std::uint32_t bits = 0; bits < this->infinity; ++bits) {
    const TypeParam x{static_cast<std::uint16_t>(bits)};
    EXPECT_EQ(static_cast<double>(load<float>(x)), load<double>(x));
  }
}

TYPED_TEST(narrow_storage, rounds_a_double_once) {
  // Around the middle of every two neighbours a rounding by way of float would see a tie: the
  // doubles beside the middle differ from it by less than float can hold.
  for (std::uint32_t bits = 0; bits + 1 < this->infinity; ++bits) {
    const double middle = (this->value(bits) + this->value(bits + 1)) / 2;
    EXPECT_EQ(this->stored(std::nextafter(middle, 0.0)), bits);
    EXPECT_EQ(this->stored(middle), bits + (bits & 1));
    EXPECT_EQ(this->stored(std::nextafter(middle, HUGE_VAL)), bits + 1);
    EXPECT_EQ(this->stored(-std::nextafter(middle, HUGE_VAL)), (bits + 1) | 0x8000);
  }
}

TYPED_TEST(narrow_storage, stores_doubles_beyond_float) {
  EXPECT_EQ(this->stored(1e300), this->infinity);
  EXPECT_EQ(this->stored(-1e300), this->infinity | 0x8000);
  EXPECT_EQ(this->stored(1e-300), 0u);
  EXPECT_EQ(this->stored(-1e-300), 0x8000u);
  EXPECT_EQ(this->stored(HUGE_VAL), this->infinity);
  EXPECT_TRUE(std::isnan(load<float>(nearest_even::store<TypeParam>(std::nan("")))));
}

TYPED_TEST(narrow_storage, stores_the_largest_number_and_what_rounds_to_it) {
  const double largest = this->value(this->infinity - 1);
  const double step = largest - this->value(this->infinity - 2);
  EXPECT_EQ(this->stored(std::nextafter(largest + step / 2, 0.0)), this->infinity - 1);
  EXPECT_EQ(this->stored(largest + step / 2), this->infinity);
}

TEST(nearest_even, rounds_double_to_float_and_copies_equal_types) {
  EXPECT_EQ(nearest_even::store<float>(1 + 0x1p-24), 1.0f);
  EXPECT_EQ(nearest_even::store<float>(1 + 0x1p-24 + 0x1p-50), 1 + 0x1p-23f);
  EXPECT_EQ(nearest_even::store<double>(0.1), 0.1);
  EXPECT_EQ(nearest_even::store<float>(0.1f), 0.1f);
}

TEST(round_to_odd, keeps_floats_and_marks_what_was_cut_off) {
  EXPECT_EQ(detail::round_to_odd(1.5), 1.5f);
  EXPECT_EQ(detail::round_to_odd(1 + 0x1p-40), 1 + 0x1p-23f);
  EXPECT_EQ(detail::round_to_odd(1 + 0x1p-23 + 0x1p-40), 1 + 0x1p-23f);
  EXPECT_EQ(detail::round_to_odd(-(1 + 0x1p-40)), -(1 + 0x1p-23f));
  EXPECT_EQ(detail::round_to_odd(1e300), std::numeric_limits<float>::max());
}

TEST(load_tile, and_store_tile_handle_every_element) {
  const std::vector<bfloat16> stored{{0x3f80}, {0xc000}, {0x0000}};
  std::vector<float> real(3);
  load_tile(stored.data(), real.data(), stored.size());
  EXPECT_EQ(real, (std::vector<float>{1, -2, 0}));
  std::vector<bfloat16> back(3);
  store_tile(real.data(), back.data(), real.size());
  EXPECT_EQ(back, stored);
}

struct toward_zero {
  template <class Storage>
  static Storage store(double x) {
    return static_cast<Storage>(std::trunc(x));
  }
};

TEST(store_tile, takes_another_rounding) {
  const double real = 1.9;
  float stored = 0;
  store_tile<toward_zero>(&real, &stored, 1);
  EXPECT_EQ(stored, 1);
}

}  // namespace
}  // namespace tensormerge
