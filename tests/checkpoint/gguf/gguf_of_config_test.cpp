#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/config_of_gguf.hpp>
#include <tensormerge/checkpoint/gguf/gguf_of_config.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {
namespace {

constexpr const char* llama =
    R"({"model_type": "llama", "num_hidden_layers": 4, "max_position_embeddings": 256,
        "hidden_size": 64, "intermediate_size": 176, "num_attention_heads": 4,
        "num_key_value_heads": 2, "vocab_size": 512, "rms_norm_eps": 1e-05, "head_dim": 32,
        "rope_parameters": {"rope_theta": 5000.0, "rope_type": "default"}, "attention_bias": true,
        "tie_word_embeddings": false, "hidden_act": "silu", "bos_token_id": 3})";

TEST(gguf_of_config, and_back_says_the_same) {
  const node config = load_json(llama, "config.json");
  const gguf_metadata metadata = gguf_of_config(config, "tiny", "config.json");
  EXPECT_EQ(metadata.text("general.architecture"), "llama");
  EXPECT_EQ(metadata.whole_number("llama.attention.key_length"), 32u);
  const node back = config_of_gguf(metadata, {.has_head = true, .has_biases = true}, "x.gguf");
  for (const char* key :
       {"model_type", "num_hidden_layers", "max_position_embeddings", "hidden_size", "head_dim",
        "intermediate_size", "num_attention_heads", "num_key_value_heads", "vocab_size",
        "rms_norm_eps", "tie_word_embeddings", "attention_bias"}) {
    ASSERT_NE(back.find(key), nullptr) << key;
    EXPECT_EQ(back.find(key)->text, config.find(key)->text) << key;
  }
  EXPECT_EQ(back.find("rope_theta")->number, 5000);
}

TEST(gguf_of_config, refuses_what_cannot_be_said) {
  const auto refused = [](const char* from, const char* to) {
    std::string text = llama;
    text.replace(text.find(from), std::string(from).size(), to);
    EXPECT_THROW(gguf_of_config(load_json(text, "c"), "n", "c"), failure) << to;
  };
  refused("llama", "mamba");
  refused("default", "llama3");
  refused("num_hidden_layers", "layers");
  refused("\"silu\"", "\"gelu\"");
  refused("\"head_dim\": 32", "\"use_sliding_window\": true");
}

TEST(gguf_of_config, takes_a_default_only_where_a_key_is_absent_or_null) {
  const auto with = [](const char* from, const char* to) {
    std::string text = llama;
    text.replace(text.find(from), std::string(from).size(), to);
    return gguf_of_config(load_json(text, "c"), "n", "c");
  };
  const gguf_metadata metadata = with("5000.0", "null");
  EXPECT_EQ(metadata.real_number("llama.rope.freq_base"), 10000);
  EXPECT_EQ(with("\"num_key_value_heads\": 2", "\"num_key_value_heads\": null")
                .whole_number("llama.attention.head_count_kv"),
            4u);
  EXPECT_THROW(with("1e-05", "\"1e-05\""), failure);
  EXPECT_THROW(with("5000.0", "[5000]"), failure);
  EXPECT_THROW(with("\"num_key_value_heads\": 2", "\"num_key_value_heads\": \"2\""), failure);
  EXPECT_THROW(with("\"head_dim\": 32", "\"head_dim\": 32.5"), failure);
}

}  // namespace
}  // namespace tensormerge
