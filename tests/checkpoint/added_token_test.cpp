#include <gtest/gtest.h>

#include <tensormerge/checkpoint/added_token.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

TEST(added_token, is_read_as_it_was_written) {
  const added_token token{.content = "<x>",
                          .id = 5,
                          .single_word = true,
                          .lstrip = true,
                          .rstrip = false,
                          .normalized = false,
                          .special = true};
  const node written = write_added_token(token, true);
  added_token read = read_added_token(load_json(write_json(written), "tokenizer.json"));
  read.id = 5;
  EXPECT_EQ(read, token);
  EXPECT_EQ(written.find("id")->text, "5");
  EXPECT_EQ(write_added_token(token, false).find("id"), nullptr);
}

TEST(added_token, is_normalized_unless_it_is_special) {
  EXPECT_TRUE(read_added_token(load_json(R"({"content": "x"})", "")).normalized);
  EXPECT_FALSE(read_added_token(load_json(R"({"content": "x", "special": true})", "")).normalized);
}

}  // namespace
}  // namespace tensormerge
