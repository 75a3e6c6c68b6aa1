#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/gguf_splitter.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

std::optional<std::string_view> splitter_of(const std::string& text) {
  return gguf_splitter(load_json(text, "tokenizer.json"));
}

const std::string plain_bytes =
    R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})";

std::string split_then_bytes(const std::string& pattern) {
  return R"({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": ")" +
         pattern + R"("}, "behavior": "Isolated", "invert": false}, )" + plain_bytes + "]}";
}

TEST(gguf_splitter, knows_the_ways_of_three_families) {
  EXPECT_EQ(splitter_of(R"({"type": "ByteLevel", "add_prefix_space": false})"), "gpt-2");
  EXPECT_EQ(gguf_splitter(detail::qwen2_splitter(false)), "qwen2");
  EXPECT_EQ(splitter_of(split_then_bytes(
                R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3})"
                R"(| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)")),
            "llama-bpe");
}

TEST(gguf_splitter, gives_no_name_to_any_other_way) {
  EXPECT_EQ(splitter_of(R"({"type": "ByteLevel", "add_prefix_space": true})"), std::nullopt);
  EXPECT_EQ(splitter_of(R"({"type": "ByteLevel"})"), std::nullopt);
  EXPECT_EQ(splitter_of(plain_bytes), std::nullopt);
  EXPECT_EQ(splitter_of(split_then_bytes(R"(\\p{N}{1,3})")), std::nullopt);
  EXPECT_EQ(splitter_of(R"({"type": "Sequence", "pretokenizers": [{"type": "Digits"}, )" +
                        plain_bytes + "]}"),
            std::nullopt);
  EXPECT_EQ(gguf_splitter(detail::qwen2_splitter(true)), std::nullopt);
  EXPECT_EQ(splitter_of("{}"), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
