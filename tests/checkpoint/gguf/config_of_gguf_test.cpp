#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/gguf/config_of_gguf.hpp>

#include "../temporary_folder.hpp"

namespace tensormerge {
namespace {

gguf_metadata whole_llama() {
  gguf_metadata metadata;
  metadata.set_text("general.architecture", "llama");
  for (const char* name : {"block_count", "context_length", "embedding_length",
                           "feed_forward_length", "attention.head_count"}) {
    metadata.set_number(std::string("llama.") + name, 4);
  }
  return metadata;
}

node config_of(const gguf_metadata& metadata) {
  return config_of_gguf(metadata, {.embedding_rows = 100}, "x.gguf");
}

std::string refusal_of(const gguf_metadata& metadata) {
  return test::message_of([&] { config_of(metadata); });
}

TEST(config_of_gguf, takes_the_vocabulary_of_the_embedding_where_no_key_says_it) {
  const node config = config_of(whole_llama());
  EXPECT_EQ(config.find("vocab_size")->text, "100");
  EXPECT_EQ(config.find("rope_theta")->number, 10000);
  EXPECT_EQ(config.find("num_key_value_heads")->text, "4");
}

TEST(config_of_gguf, reads_a_frequency_that_is_a_whole_number) {
  gguf_metadata metadata = whole_llama();
  metadata.set_number("llama.rope.freq_base", 500000);
  EXPECT_EQ(config_of(metadata).find("rope_theta")->number, 500000);
}

TEST(config_of_gguf, refuses_by_key_what_is_impossible_or_has_no_counterpart) {
  const auto with = [](const char* key, auto&& change) {
    gguf_metadata metadata = whole_llama();
    change(metadata, std::string(key));
    EXPECT_TRUE(test::contains(refusal_of(metadata), key));
  };
  const auto large = [](std::uint64_t number) {
    return [number](gguf_metadata& metadata, const std::string& key) {
      gguf_value value{.kind = gguf_kind::uint64};
      detail::append_little_endian(value.bytes, number, sizeof(number));
      metadata.set(key, value);
    };
  };
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1} << 32,
                                     std::uint64_t{1} << 63}) {
    with("llama.attention.head_count", large(number));
    with("llama.embedding_length", large(number));
    with("llama.vocab_size", large(number));
  }
  with("llama.attention.head_count_kv", [](gguf_metadata& metadata, const std::string& key) {
    metadata.set_numbers(key, {4, 4, 4, 4});
  });
  const auto real = [](float number) {
    return [number](gguf_metadata& metadata, const std::string& key) {
      metadata.set_real(key, number);
    };
  };
  with("llama.rope.freq_base", real(std::numeric_limits<float>::quiet_NaN()));
  with("llama.rope.freq_base", real(std::numeric_limits<float>::infinity()));
  with("llama.attention.layer_norm_rms_epsilon", real(-1));
  with("llama.attention.value_length", large(2));
  with("llama.rope.dimension_count", large(2));
  with("llama.expert_count", large(8));
  with("llama.attention.sliding_window", large(8));
  with("tokenizer.ggml.tokens", [](gguf_metadata& metadata, const std::string& key) {
    metadata.set_texts(key, std::vector<std::string>(101));
  });
}

}  // namespace
}  // namespace tensormerge
