#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <engine/texts.hpp>

#include "../checkpoint/temporary_folder.hpp"
#include "example_models.hpp"
#include "llama_cpp.hpp"

namespace tensormerge {
namespace {

/// The characters of a token.
std::string piece(const llama_vocab& vocabulary, llama_token token) {
  char text[256];
  const std::int32_t length =
      llama_token_to_piece(&vocabulary, token, text, sizeof text, 0, true);
  return std::string(text, static_cast<std::size_t>(std::max(length, 0)));
}

TEST(tokenizer, of_a_converted_model_makes_the_tokens_of_the_original_of_texts) {
  const test::temporary_folder folder;
  const auto model = test::load(
      test::convert(test::example_models() / "prose-base", folder / "model.gguf", "float32"));
  const llama_vocab* vocabulary = llama_model_get_vocab(model.get());
  for (const engine::text& text : test::heldout_texts()) {
    const std::vector<llama_token> expected(text.ids.begin(), text.ids.end());
    std::string characters;
    for (const llama_token token : expected) characters += piece(*vocabulary, token);
    std::vector<llama_token> tokens(characters.size());
    const std::int32_t found = llama_tokenize(
        vocabulary, characters.data(), static_cast<std::int32_t>(characters.size()), tokens.data(),
        static_cast<std::int32_t>(tokens.size()), false, true);
    tokens.resize(static_cast<std::size_t>(std::max(found, 0)));
    EXPECT_EQ(tokens, expected) << text.domain;
  }
}

}  // namespace
}  // namespace tensormerge
