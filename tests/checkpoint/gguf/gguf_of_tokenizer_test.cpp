#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_of_tokenizer.hpp>
#include <tensormerge/checkpoint/gguf/tokenizer_of_gguf.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

#include "../temporary_folder.hpp"

namespace tensormerge {
namespace {

/// A tokenizer of two letters, a merge and a special token, with that part changed.
tokenizer small_tokenizer(const std::string& normalizer = "null") {
  const test::temporary_folder folder;
  test::write_file(folder / "tokenizer.json",
                   R"({"normalizer": )" + normalizer +
                       R"(, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
      "added_tokens": [{"id": 3, "content": "<s>", "special": true}],
      "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})");
  test::write_file(folder / "tokenizer_config.json", R"({"add_bos_token": true})");
  return *read_tokenizer(folder.path());
}

gguf_metadata keys_of(const tokenizer& from, std::uint64_t rows) {
  gguf_metadata metadata;
  add_gguf_tokenizer(from, rows, load_json(R"({"bos_token_id": 3})", "c"), metadata);
  return metadata;
}

TEST(gguf_of_tokenizer, and_back_has_the_same_tokens_and_puts_the_first_one) {
  const gguf_metadata metadata = keys_of(small_tokenizer(), 5);
  EXPECT_EQ(metadata.text("tokenizer.ggml.pre"), "gpt-2");
  EXPECT_EQ(metadata.boolean("tokenizer.ggml.add_bos_token"), true);
  const std::optional<tokenizer_files> files = tokenizer_of_gguf(metadata);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->settings.find("add_bos_token")->text, "true");
  EXPECT_EQ(files->settings.find("bos_token")->text, "<s>");
  const node* model = files->document.find("model");
  EXPECT_EQ(model->find("vocab")->entries.size(), 4u);
  const node* template_of = files->document.find("post_processor");
  const std::string first = write_json(template_of->find("single")->items[0]);
  EXPECT_TRUE(test::contains(first, "SpecialToken"));
  EXPECT_TRUE(test::contains(first, "<s>"));
}

TEST(gguf_of_tokenizer, refuses_what_would_split_or_number_texts_in_another_way) {
  EXPECT_NO_THROW(keys_of(small_tokenizer(R"({"type": "NFC"})"), 4));
  EXPECT_THROW(keys_of(small_tokenizer(R"({"type": "Lowercase"})"), 4), failure);
  EXPECT_THROW(keys_of(small_tokenizer(), 3), failure);
  EXPECT_THROW(keys_of(small_tokenizer(), 4'000'000'000), failure);
  tokenizer other = small_tokenizer();
  set(other.document, "pre_tokenizer", load_json(R"({"type": "Digits"})", "c"));
  EXPECT_THROW(keys_of(other, 4), failure);
}

}  // namespace
}  // namespace tensormerge
