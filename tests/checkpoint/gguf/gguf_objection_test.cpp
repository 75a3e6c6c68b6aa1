#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_objection.hpp>

namespace tensormerge {
namespace {

TEST(gguf_objection, is_made_to_what_the_format_cannot_hold) {
  EXPECT_TRUE(gguf_objection({"a", dtype::float32, {2, 64}, block_format::q8_0}).what.empty());
  EXPECT_FALSE(gguf_objection({"a", dtype::uint8, {2}}).what.empty());
  EXPECT_FALSE(gguf_objection({"a", dtype::float32, {1, 1, 1, 1, 1}}).what.empty());
  EXPECT_FALSE(gguf_objection({std::string(64, 'a'), dtype::float32, {2}}).what.empty());
  EXPECT_FALSE(gguf_objection({"a", dtype::float32, {33}, block_format::q8_0}).what.empty());
}

}  // namespace
}  // namespace tensormerge
