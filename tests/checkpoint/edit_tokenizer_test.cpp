#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/edit_tokenizer.hpp>
#include <tensormerge/document/write_json.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

tokenizer read(const std::string& document, const std::string& settings) {
  const test::temporary_folder folder;
  test::write_file(folder / "tokenizer.json", document);
  test::write_file(folder / "tokenizer_config.json", settings);
  return read_tokenizer(folder.path()).value();
}

constexpr const char* bpe = R"({"model": {"type": "BPE",
    "vocab": {"a": 0, "b": 1, "ab": 2, "c": 3, "bc": 4},
    "merges": ["a b", ["b", "c"], "ab c"]},
  "added_tokens": [{"id": 5, "content": "<x>"}, {"id": 6, "content": "<pad>"}]})";

TEST(remove_tokens_from, takes_tokens_and_the_merges_that_read_or_make_them) {
  tokenizer its = read(bpe, R"({"pad_token": "<pad>", "additional_special_tokens": ["a", "<x>"]})");
  EXPECT_TRUE(remove_tokens_from(its, 3));
  write_added_tokens(its);
  const node* model = its.document.find("model");
  EXPECT_EQ(write_json(*model->find("vocab"), 0), R"({"a": 0, "b": 1, "ab": 2})");
  EXPECT_EQ(write_json(*model->find("merges"), 0), R"(["a b"])");
  EXPECT_EQ(its.settings.find("pad_token"), nullptr);
  EXPECT_EQ(write_json(*its.settings.find("additional_special_tokens"), 0), R"(["a"])");
  EXPECT_EQ(its.document.find("added_tokens")->items.size(), 1u);
  EXPECT_EQ(its.tokens.rows(), 3u);
}

TEST(remove_tokens_from, changes_nothing_where_all_are_below_the_limit) {
  tokenizer its = read(bpe, "{}");
  EXPECT_FALSE(remove_tokens_from(its, 7));
  EXPECT_EQ(its.tokens.rows(), 7u);
}

TEST(remove_tokens_from, cuts_a_list_of_pieces) {
  tokenizer its = read(R"({"model": {"vocab": [["a", 0], ["b", -1], ["c", -2]]}})", "{}");
  EXPECT_TRUE(remove_tokens_from(its, 2));
  EXPECT_EQ(its.document.find("model")->find("vocab")->items.size(), 2u);
}

TEST(write_added_tokens, writes_them_in_both_files_by_id) {
  tokenizer its = read(bpe, R"({"added_tokens_decoder": {"5": {"content": "<x>"}}})");
  its.tokens.add({.content = "<new>"});
  its.tokens.add({.content = "b", .special = true});
  write_added_tokens(its);
  std::string ids;
  for (const node& token : its.document.find("added_tokens")->items) {
    ids += token.find("id")->text + token.find("content")->text + ' ';
  }
  EXPECT_EQ(ids, "1b 5<x> 6<pad> 7<new> ");
  EXPECT_EQ(its.settings.find("added_tokens_decoder")->entries.back().key, "7");
}

}  // namespace
}  // namespace tensormerge
