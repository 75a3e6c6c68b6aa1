#include <gtest/gtest.h>

#include <tensormerge/checkpoint/byte_level_tokenizer.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

TEST(byte_level_tokenizer, holds_the_vocabulary_and_the_merges) {
  const node document =
      byte_level_tokenizer("GPT2Tokenizer", true, load_json(R"({"a": 0, "b": 1, "ab": 2})", ""),
                           "#version: 0.2\na b\r\n\xC4\xA0 ab\n");
  const node* model = document.find("model");
  EXPECT_EQ(write_json(*model->find("vocab"), 0), R"({"a": 0, "b": 1, "ab": 2})");
  EXPECT_EQ(write_json(*model->find("merges"), 0), "[[\"a\", \"b\"], [\"\xC4\xA0\", \"ab\"]]");
  EXPECT_EQ(document.find("pre_tokenizer")->find("add_prefix_space")->number, 1);
  EXPECT_TRUE(document.find("normalizer")->is_null());
}

TEST(byte_level_tokenizer, of_qwen2_splits_by_its_own_pattern) {
  const node document = byte_level_tokenizer("Qwen2TokenizerFast", false, make_mapping(), "");
  EXPECT_EQ(document.find("normalizer")->find("type")->text, "NFC");
  EXPECT_EQ(document.find("pre_tokenizer")->find("pretokenizers")->items.size(), 2u);
}

TEST(byte_level_tokenizer, is_unknown_for_other_classes) {
  EXPECT_TRUE(byte_level_tokenizer("RobertaTokenizer", false, make_mapping(), "").is_null());
  EXPECT_TRUE(byte_level_tokenizer("", false, make_mapping(), "").is_null());
}

}  // namespace
}  // namespace tensormerge
