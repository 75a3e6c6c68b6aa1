#include <string>

#include <gtest/gtest.h>

#include <tensormerge/plan/same_tokenizer.hpp>

#include "../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

TEST(have_same_content, compares_every_byte) {
  const test::temporary_folder folder;
  const std::string text(40000, 'x');
  test::write_file(folder / "a", text);
  test::write_file(folder / "b", text);
  test::write_file(folder / "c", text.substr(1) + 'y');
  test::write_file(folder / "d", text + 'x');
  EXPECT_TRUE(have_same_content(folder / "a", folder / "b"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "c"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "d"));
  EXPECT_FALSE(have_same_content(folder / "a", folder / "none"));
}

TEST(have_same_tokens, compares_all_files_that_tokens_follow_from) {
  const test::temporary_folder folder;
  const planned_model a{.name = "a", .folder = {.path = folder / "a"}};
  const planned_model b{.name = "b", .folder = {.path = folder / "b"}};
  EXPECT_FALSE(have_same_tokens(a, b));
  for (const char* model : {"a", "b"}) test::write_file(folder / model / "tokenizer.json", "{}");
  EXPECT_TRUE(have_same_tokens(a, b));
  test::write_file(folder / "a" / "added_tokens.json", "{}");
  EXPECT_FALSE(have_same_tokens(a, b));
}

}  // namespace
}  // namespace tensormerge
