#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/config_of_gguf.hpp>
#include <tensormerge/checkpoint/gguf/gguf_names.hpp>
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
  const node back = config_of_gguf(metadata, true, true, "x.gguf");
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
}

TEST(gguf_names, are_those_of_the_same_tensors_in_both_layouts) {
  for (const auto& [ours, theirs] : {std::pair("model.layers.12.self_attn.q_proj.weight",
                                               "blk.12.attn_q.weight"),
                                     std::pair("model.layers.0.self_attn.k_proj.bias",
                                               "blk.0.attn_k.bias"),
                                     std::pair("model.layers.3.post_attention_layernorm.weight",
                                               "blk.3.ffn_norm.weight"),
                                     std::pair("model.embed_tokens.weight", "token_embd.weight"),
                                     std::pair("lm_head.weight", "output.weight")}) {
    EXPECT_EQ(gguf_name(ours), theirs);
    EXPECT_EQ(hugging_face_name(theirs), ours);
  }
  for (const char* unknown : {"", "model.layers.x.mlp.up_proj.weight", "model.layers.1.weight",
                              "model.layers.1.mlp.experts.0.weight", "lm_head", "a.b"}) {
    EXPECT_EQ(gguf_name(unknown), std::nullopt) << unknown;
  }
}

}  // namespace
}  // namespace tensormerge
