#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/checkpoint/special_tokens.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

using testing::ElementsAre;

constexpr const char* settings_text = R"({
  "additional_special_tokens": ["<x>", {"content": "<y>", "lstrip": true}],
  "pad_token": null,
  "eos_token": {"__type": "AddedToken", "content": "</s>", "rstrip": true},
  "extra_special_tokens": {"image_token": "<image>"},
  "bos_token": "<s>",
  "tokenizer_class": "X"
})";

std::vector<std::string> names_in(const node& settings) {
  std::vector<std::string> contents;
  for (const added_token& token : special_tokens(settings)) contents.push_back(token.content);
  return contents;
}

TEST(special_tokens, are_named_singly_and_in_lists) {
  const node settings = load_json(settings_text, "tokenizer_config.json");
  EXPECT_THAT(names_in(settings), ElementsAre("<s>", "</s>", "<x>", "<y>", "<image>"));
  const std::vector<added_token> tokens = special_tokens(settings);
  EXPECT_TRUE(tokens[0].special);
  EXPECT_FALSE(tokens[0].normalized);
  EXPECT_TRUE(tokens[1].special);
  EXPECT_TRUE(tokens[1].rstrip);
  EXPECT_TRUE(tokens[3].lstrip);
}

TEST(special_tokens, that_are_gone_are_taken_from_the_settings) {
  node settings = load_json(settings_text, "tokenizer_config.json");
  remove_special_tokens(settings, [](const std::string& token) {
    return token == "</s>" || token == "<y>" || token == "<image>";
  });
  EXPECT_THAT(names_in(settings), ElementsAre("<s>", "<x>"));
  EXPECT_EQ(settings.find("eos_token"), nullptr);
  EXPECT_NE(settings.find("tokenizer_class"), nullptr);
}

}  // namespace
}  // namespace tensormerge
