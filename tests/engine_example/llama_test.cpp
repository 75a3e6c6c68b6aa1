#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <engine/llama.hpp>
#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/error/failure.hpp>

namespace {

const std::filesystem::path shipped = std::filesystem::path(TENSORMERGE_EXAMPLES) / "models";

/// The greatest difference between our logits and those in `reference`, which transformers computed
/// in float32 (`<model>.input_ids`, `<model>.logits`).
float greatest_error(const std::filesystem::path& models, const std::string& name,
                     const std::filesystem::path& reference) {
  const tensormerge::checkpoint expected = tensormerge::checkpoint::open(reference);
  const tensormerge::tensor_reader reader(expected);
  const std::vector<std::int64_t> ids =
      engine::read_integers(expected, reader, name + ".input_ids");
  const engine::llama model = engine::llama::load(models / name);
  const engine::matrix ours = model.logits(ids);
  const engine::matrix theirs =
      engine::read_matrix(expected, reader, name + ".logits", ours.rows(), ours.cols());
  float greatest = 0;
  for (Eigen::Index i = 0; i < ours.size(); ++i) {
    const float error = std::abs(ours.data()[i] - theirs.data()[i]);
    // Written so that NaN counts as the greatest error.
    if (!(error <= greatest)) greatest = error;
  }
  return greatest;
}

TEST(llama, gives_the_logits_of_transformers_for_the_shipped_models) {
  const auto reference =
      std::filesystem::path(TENSORMERGE_TEST_DATA) / "reference_logits.safetensors";
  for (const char* name : {"prose-base", "python-ft", "c-ft"}) {
    EXPECT_LT(greatest_error(shipped, name, reference), 1e-3f) << name;
  }
}

TEST(llama, gives_the_logits_of_transformers_for_every_llama_model) {
  const auto models = std::filesystem::path(TENSORMERGE_SHARED) / "models";
  if (!std::filesystem::exists(models)) {
    GTEST_SKIP() << "the models (TENSORMERGE_SHARED/models) are absent";
  }
  for (const char* name : {"prose-base", "python-ft", "c-ft", "chat-ft", "deep-base", "wide-base",
                           "python-ft-fp16", "python-ft-sharded", "tied-base", "tied-python-ft",
                           "f32/prose-base", "f32/python-ft", "f32/c-ft"}) {
    EXPECT_LT(greatest_error(models, name, models / "reference_logits.safetensors"), 1e-3f) << name;
  }
}

TEST(llama, a_token_sees_only_those_before_it) {
  const engine::llama model = engine::llama::load(shipped / "prose-base");
  const std::vector<std::int64_t> text{10, 20, 30, 40}, other{10, 20, 30, 400};
  const engine::matrix a = model.logits(text), b = model.logits(other);
  EXPECT_EQ(a.topRows(3), b.topRows(3));
  EXPECT_NE(a.row(3), b.row(3));
}

TEST(llama, refuses_ids_outside_of_the_vocabulary) {
  const engine::llama model = engine::llama::load(shipped / "prose-base");
  EXPECT_THROW(model.logits(std::vector<std::int64_t>{512}), tensormerge::failure);
  EXPECT_THROW(model.logits(std::vector<std::int64_t>{-1}), tensormerge::failure);
}

TEST(llama, refuses_a_folder_without_a_model) {
  EXPECT_THROW(engine::llama::load(shipped / "no-such-model"), tensormerge::failure);
  EXPECT_THROW(engine::llama::load(shipped / "heldout"), tensormerge::failure);
}

}  // namespace
