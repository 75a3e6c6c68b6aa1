#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <engine/llama_config.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/error/failure.hpp>

namespace {

engine::llama_config read(std::string_view text) {
  return engine::read_llama_config(tensormerge::load_json(text, "config.json"), "config.json");
}

std::string with_sizes(const std::string& more) {
  return R"({"num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 176,
             "num_attention_heads": 4, "vocab_size": 512)" +
         (more.empty() ? "" : ", " + more) + "}";
}

TEST(read_llama_config, fills_in_what_older_models_leave_out) {
  const engine::llama_config config = read(with_sizes(""));
  EXPECT_EQ(config.num_key_value_heads, 4);
  EXPECT_EQ(config.head_dim, 16);
  EXPECT_EQ(config.rope_theta, 10000);
}

TEST(read_llama_config, takes_rope_theta_from_either_place) {
  EXPECT_EQ(read(with_sizes(R"("rope_theta": 5e5)")).rope_theta, 5e5);
  EXPECT_EQ(read(with_sizes(R"("rope_parameters": {"rope_theta": 1e6, "rope_type": "default"})"))
                .rope_theta,
            1e6);
}

TEST(read_llama_config, names_everything_that_is_missing_or_not_supported) {
  try {
    read(R"({"model_type": "gpt2", "hidden_size": -1, "num_attention_heads": 1.5,
             "intermediate_size": 1, "vocab_size": "many"})");
    FAIL();
  } catch (const tensormerge::failure& found) {
    const std::string text = found.what();
    for (const char* key :
         {"model_type", "num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size"}) {
      EXPECT_NE(text.find(key), std::string::npos) << text;
    }
  }
  EXPECT_THROW(read(with_sizes(R"("num_key_value_heads": 3)")), tensormerge::failure);
  EXPECT_THROW(read(with_sizes(R"("rope_scaling": {"type": "linear"})")), tensormerge::failure);
}

}  // namespace
