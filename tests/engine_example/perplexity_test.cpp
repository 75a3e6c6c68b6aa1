#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <engine/llama.hpp>
#include <engine/perplexity.hpp>
#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/error/failure.hpp>

namespace {

const std::filesystem::path shipped = std::filesystem::path(TENSORMERGE_EXAMPLES) / "models";

class held_out_texts {
 public:
  explicit held_out_texts(const std::filesystem::path& file)
      : ids_(tensormerge::checkpoint::open(file)), reader_(ids_) {}

  std::vector<std::int64_t> operator[](const std::string& name) const {
    return engine::read_integers(ids_, reader_, name);
  }

 private:
  tensormerge::checkpoint ids_;
  tensormerge::tensor_reader reader_;
};

void expect_within_half_a_percent(double ours, double reference, const std::string& of) {
  EXPECT_NEAR(ours / reference, 1, 0.005) << of;
}

TEST(perplexity, of_the_shipped_models_is_that_of_transformers) {
  struct row {
    const char* model;
    double prose, python, c;
  };
  const held_out_texts texts(shipped / "heldout/ids.safetensors");
  for (const row& expected :
       {row{"prose-base", 12.830, 27.920, 21.475}, row{"python-ft", 15.256, 22.792, 26.476},
        row{"c-ft", 17.983, 39.823, 16.679}}) {
    const engine::llama model = engine::llama::load(shipped / expected.model);
    const auto of = [&](const char* domain) {
      return engine::perplexity(model, texts[std::string("prose-base.") + domain]);
    };
    expect_within_half_a_percent(of("prose"), expected.prose, expected.model);
    expect_within_half_a_percent(of("python"), expected.python, expected.model);
    expect_within_half_a_percent(of("c"), expected.c, expected.model);
  }
}

TEST(perplexity, of_every_llama_model_is_that_of_transformers) {
  const auto models = std::filesystem::path(TENSORMERGE_SHARED) / "models";
  if (!std::filesystem::exists(models)) {
    GTEST_SKIP() << "the models (TENSORMERGE_SHARED/models) are absent";
  }
  const held_out_texts texts(models / "heldout/ids.safetensors");
  const tensormerge::node table = tensormerge::load_json_file(models / "perplexity.json");
  for (const std::string name : {"chat-ft", "deep-base", "wide-base", "python-ft-fp16",
                                 "python-ft-sharded", "tied-base", "tied-python-ft", "f32/c-ft"}) {
    const engine::llama model = engine::llama::load(models / name);
    const tensormerge::node& expected = *table.find("models")->find(name);
    const std::string tokenizer = name == "chat-ft" ? "chat-ft" : "prose-base";
    for (const std::string domain : {"prose", "python", "c"}) {
      expect_within_half_a_percent(engine::perplexity(model, texts[tokenizer + '.' + domain]),
                                   expected.find(domain)->find("perplexity")->number,
                                   name + ' ' + domain);
    }
  }
}

TEST(perplexity, leaves_out_a_partial_window) {
  const engine::llama model = engine::llama::load(shipped / "prose-base");
  std::vector<std::int64_t> ids(20, 7);
  const double two_windows = engine::perplexity(model, ids, 10);
  ids.insert(ids.end(), 9, 300);
  EXPECT_EQ(engine::perplexity(model, ids, 10), two_windows);
}

TEST(perplexity, refuses_a_text_shorter_than_a_window) {
  const engine::llama model = engine::llama::load(shipped / "prose-base");
  EXPECT_THROW(engine::perplexity(model, std::vector<std::int64_t>(9, 1), 10),
               tensormerge::failure);
  EXPECT_THROW(engine::perplexity(model, std::vector<std::int64_t>(9, 1), 1), tensormerge::failure);
}

}  // namespace
