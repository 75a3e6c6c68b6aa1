#include <optional>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/chat_template_of.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

TEST(chat_template_of, is_none_without_files) {
  const test::temporary_folder folder;
  EXPECT_EQ(chat_template_of(folder.path()), std::nullopt);
}

TEST(chat_template_of, is_in_tokenizer_config) {
  const test::temporary_folder folder;
  test::write_file(folder / "tokenizer_config.json", R"({"chat_template": "{{ x }}"})");
  EXPECT_EQ(chat_template_of(folder.path()), "{{ x }}");
}

TEST(chat_template_of, is_the_default_of_several) {
  const test::temporary_folder folder;
  test::write_file(folder / "tokenizer_config.json",
                   R"({"chat_template": [{"name": "tool_use", "template": "t"},
                                         {"name": "default", "template": "d"}]})");
  EXPECT_EQ(chat_template_of(folder.path()), "d");
}

TEST(chat_template_of, is_in_its_own_file_before_all) {
  const test::temporary_folder folder;
  test::write_file(folder / "tokenizer_config.json", R"({"chat_template": "{{ x }}"})");
  test::write_file(folder / "chat_template.jinja", "{{ y }}\n");
  EXPECT_EQ(chat_template_of(folder.path()), "{{ y }}\n");
}

}  // namespace
}  // namespace tensormerge
