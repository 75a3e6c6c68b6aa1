#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/checkpoint/tokenizer.hpp>
#include <tensormerge/error/failure.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using testing::HasSubstr;

class tokenizer_of : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    test::write_file(folder_ / name, text);
  }
  tokenizer read() const { return read_tokenizer(folder_.path()).value(); }
  std::string refusal() const {
    try {
      read_tokenizer(folder_.path());
    } catch (const failure& problem) {
      return problem.what();
    }
    return "it was read";
  }

  test::temporary_folder folder_;
};

TEST_F(tokenizer_of, a_folder_without_one_is_none) {
  write("tokenizer_config.json", "{}");
  EXPECT_FALSE(read_tokenizer(folder_.path()).has_value());
}

TEST_F(tokenizer_of, bpe_maps_tokens_to_ids) {
  write("tokenizer.json", R"({"model": {"type": "BPE", "vocab": {"b": 1, "a": 0}, "merges": []},
    "added_tokens": [{"id": 1, "content": "b", "special": true}, {"id": 2, "content": "<x>"}]})");
  const tokenizer its = read();
  EXPECT_EQ(its.tokens.find("a"), 0u);
  EXPECT_EQ(its.tokens.find("<x>"), 2u);
  EXPECT_EQ(its.tokens.size(), 3u);
  EXPECT_TRUE(its.tokens.added()[0].special);
  EXPECT_FALSE(its.tokens.added()[1].special);
}

TEST_F(tokenizer_of, unigram_lists_pieces_with_scores) {
  write("tokenizer.json", R"({"model": {"vocab": [["<unk>", 0], ["\u2581a", -1.5]]}})");
  EXPECT_EQ(read().tokens.find("\xE2\x96\x81" "a"), 1u);
}

TEST_F(tokenizer_of, other_files_add_tokens) {
  write("tokenizer.json", R"({"model": {"vocab": {"a": 0, "<s>": 1}}})");
  write("tokenizer_config.json", R"({"bos_token": "<s>"})");
  write("special_tokens_map.json", R"({"pad_token": "<pad>"})");
  write("added_tokens.json", R"({"<y>": 2})");
  const tokenizer its = read();
  EXPECT_EQ(its.tokens.find("<y>"), 2u);
  EXPECT_EQ(its.tokens.find("<pad>"), 3u);
  EXPECT_TRUE(its.tokens.has_added("<s>"));
  EXPECT_EQ(its.tokens.size(), 4u);
}

TEST_F(tokenizer_of, settings_with_added_tokens_replace_the_special_tokens_map) {
  write("tokenizer.json", R"({"model": {"vocab": {"a": 0}}})");
  write("tokenizer_config.json", R"({"added_tokens_decoder": {"1": {"content": "<x>"}}})");
  write("special_tokens_map.json", R"({"pad_token": "<pad>"})");
  const tokenizer its = read();
  EXPECT_EQ(its.tokens.find("<x>"), 1u);
  EXPECT_EQ(its.tokens.find("<pad>"), std::nullopt);
}

TEST_F(tokenizer_of, vocab_and_merges_stand_for_tokenizer_json) {
  write("vocab.json", R"({"a": 0, "b": 1})");
  write("merges.txt", "#version: 0.2\na b\n");
  EXPECT_EQ(read().tokens.find("b"), 1u);
  EXPECT_TRUE(read().document.is_null());
  const auto known = read_tokenizer(folder_.path(), "gpt2");
  EXPECT_EQ(known->document.find("model")->find("merges")->items.size(), 1u);
}

TEST_F(tokenizer_of, sentencepiece_alone_is_refused_by_name) {
  write("tokenizer.model", "x");
  EXPECT_THAT(refusal(), HasSubstr("tokenizer.model: error: the tokenizer is in a form "
                                   "whose tokens cannot be merged"));
}

TEST_F(tokenizer_of, unsound_files_are_refused) {
  for (const char* text :
       {"[]", "{}", R"({"model": 1})", R"({"model": {"vocab": {"a": -1}}})",
        R"({"model": {"vocab": {"a": 99999999999}}})", R"({"model": {"vocab": {"a": "b"}}})",
        R"({"model": {"vocab": [["a", 0], ["a", 0]]}})", R"({"model": {"vocab": [1]}})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"content": "x"}]})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"content": "x", "id": 1e9}]})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"content": "x", "id": -3}]})"}) {
    write("tokenizer.json", text);
    EXPECT_THAT(refusal(), HasSubstr("tokenizer.json")) << text;
  }
}

}  // namespace
}  // namespace tensormerge
