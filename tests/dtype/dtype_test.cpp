#include <gtest/gtest.h>

#include <tensormerge/dtype/dtype.hpp>

namespace tensormerge {
namespace {

TEST(dtype, is_found_by_each_of_its_names) {
  for (const dtype_facts& known : all_dtypes) {
    EXPECT_EQ(dtype_named(known.name), known.type);
    EXPECT_EQ(dtype_from_safetensors(known.safetensors_name), known.type);
    EXPECT_EQ(to_string(known.type), known.name);
    EXPECT_EQ(&facts(known.type), &known);
  }
  EXPECT_EQ(dtype_named("bf16"), std::nullopt);
  EXPECT_EQ(dtype_named("BF16"), std::nullopt);
  EXPECT_EQ(dtype_from_safetensors("bfloat16"), std::nullopt);
}

TEST(dtype, knows_its_size_and_kind) {
  EXPECT_EQ(bytes_per_element(dtype::bfloat16), 2u);
  EXPECT_EQ(bytes_per_element(dtype::float64), 8u);
  EXPECT_EQ(bytes_per_element(dtype::boolean), 1u);
  EXPECT_TRUE(is_float(dtype::float8_e5m2));
  EXPECT_FALSE(is_float(dtype::int8));
}

TEST(promote, widens_as_torch_does) {
  EXPECT_EQ(promote(dtype::bfloat16, dtype::bfloat16), dtype::bfloat16);
  EXPECT_EQ(promote(dtype::float16, dtype::bfloat16), dtype::float32);
  EXPECT_EQ(promote(dtype::bfloat16, dtype::float32), dtype::float32);
  EXPECT_EQ(promote(dtype::float64, dtype::float16), dtype::float64);
  EXPECT_EQ(promote(dtype::int64, dtype::float16), dtype::float16);
  EXPECT_EQ(promote(dtype::int8, dtype::int32), dtype::int32);
}

TEST(promote, does_not_depend_on_the_order) {
  for (const dtype_facts& a : all_dtypes) {
    for (const dtype_facts& b : all_dtypes) {
      EXPECT_EQ(promote(a.type, b.type), promote(b.type, a.type)) << a.name << ' ' << b.name;
    }
  }
}

}  // namespace
}  // namespace tensormerge
