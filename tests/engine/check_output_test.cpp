#include <tensormerge/engine/check_output.hpp>

#include <gtest/gtest.h>

#include "test_models.hpp"

namespace tensormerge {
namespace {

TEST(check_output, finds_missing_wrong_and_extra_tensors) {
  const testing::temporary_folder folder;
  const output_tensor a{"a", dtype::float32, shape{2}}, b{"b", dtype::float32, shape{1, 2}};
  testing::make_model<float>(folder / "m", {{a, {1, 2}}, {b, {3, 4}}});
  EXPECT_NO_THROW(check_output(folder / "m", {a, b}));
  EXPECT_THROW(check_output(folder / "m", {a}), failure);
  EXPECT_THROW(check_output(folder / "m", {a, b, {"c", dtype::float32, shape{}}}), failure);
  EXPECT_THROW(check_output(folder / "m", {a, {"b", dtype::float32, shape{2, 1}}}), failure);
  EXPECT_THROW(check_output(folder / "m", {a, {"b", dtype::int32, shape{1, 2}}}), failure);
}

}  // namespace
}  // namespace tensormerge
