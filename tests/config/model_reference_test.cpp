#include <tensormerge/config/model_reference.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(model_reference, is_split_at_plus_and_at) {
  const model_reference all = parse_model_reference("org/a@v1+org/b@v2");
  EXPECT_EQ(all.path, "org/a");
  EXPECT_EQ(all.revision, "v1");
  EXPECT_EQ(all.lora_path, "org/b");
  EXPECT_EQ(all.lora_revision, "v2");
  const model_reference lora = parse_model_reference("./a b+c");
  EXPECT_EQ(lora.path, "./a b");
  EXPECT_EQ(lora.revision, "");
  EXPECT_EQ(lora.lora_path, "c");
}

TEST(model_reference, is_written_as_it_was_read) {
  for (const char* text : {"a", "a@b", "a+c", "a@b+c", "a+c@d", "a@b+c@d"}) {
    EXPECT_EQ(parse_model_reference(text).text(), text);
  }
}

TEST(model_reference, is_compared_as_it_is_written) {
  EXPECT_EQ(parse_model_reference("a@b"), parse_model_reference("a@b"));
  EXPECT_NE(parse_model_reference("a@b"), parse_model_reference("a"));
  EXPECT_NE(parse_model_reference("./a"), parse_model_reference("a"));
}

}  // namespace
}  // namespace tensormerge
