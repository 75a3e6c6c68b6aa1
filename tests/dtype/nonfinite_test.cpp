#include <tensormerge/dtype/nonfinite.hpp>

#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/dtype/convert.hpp>

namespace tensormerge {
namespace {

template <class Storage>
std::optional<std::size_t> found_in(dtype type, const std::vector<float>& values) {
  std::vector<Storage> elements(values.size());
  store_tile(values.data(), elements.data(), values.size());
  return first_nonfinite(type, std::as_bytes(std::span(elements)));
}

TEST(first_nonfinite, finds_the_first_in_every_type_that_is_merged) {
  std::vector<float> values(10'000, 3.5f);
  values[2] = -65504;  // the largest float16
  EXPECT_EQ(found_in<float16>(dtype::float16, values), std::nullopt);
  EXPECT_EQ(found_in<bfloat16>(dtype::bfloat16, values), std::nullopt);
  for (const float bad : {std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity(),
                          std::numeric_limits<float>::quiet_NaN()}) {
    values[9'000] = values[9'999] = bad;
    EXPECT_EQ(found_in<float16>(dtype::float16, values), 9'000u);
    EXPECT_EQ(found_in<bfloat16>(dtype::bfloat16, values), 9'000u);
    EXPECT_EQ(found_in<float>(dtype::float32, values), 9'000u);
    EXPECT_EQ(found_in<double>(dtype::float64, values), 9'000u);
  }
}

TEST(first_nonfinite, knows_that_one_float8_has_no_infinity) {
  const auto found = [](dtype type, int bits) {
    const std::vector<std::byte> elements(8, static_cast<std::byte>(bits));
    return first_nonfinite(type, elements).has_value();
  };
  EXPECT_FALSE(found(dtype::float8_e4m3, 0xFE));
  EXPECT_TRUE(found(dtype::float8_e4m3, 0xFF));
  EXPECT_FALSE(found(dtype::float8_e5m2, 0x7B));
  EXPECT_TRUE(found(dtype::float8_e5m2, 0x7C));
}

TEST(first_nonfinite, looks_at_no_other_type) {
  const std::vector<std::byte> ones(64, std::byte{0xFF});
  EXPECT_EQ(first_nonfinite(dtype::int64, ones), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
