#include <gtest/gtest.h>

#include <tensormerge/dtype/dispatch.hpp>

namespace tensormerge {
namespace {

static_assert(dtype_of<float16> == dtype::float16);
static_assert(dtype_of<double> == dtype::float64);

TEST(with_storage_type, calls_with_the_type_of_every_mergeable_dtype) {
  for (const dtype_facts& known : all_dtypes) {
    if (!is_mergeable(known.type)) continue;
    EXPECT_EQ(with_storage_type(known.type,
                                [](auto type) { return dtype_of<typename decltype(type)::type>; }),
              known.type);
  }
}

TEST(is_mergeable, takes_floats_that_arithmetic_is_done_in) {
  EXPECT_TRUE(is_mergeable(dtype::bfloat16));
  EXPECT_TRUE(is_mergeable(dtype::float64));
  EXPECT_TRUE(is_mergeable(dtype::float8_e4m3));
  EXPECT_FALSE(is_mergeable(dtype::int64));
}

}  // namespace
}  // namespace tensormerge
