#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <engine/llama.hpp>

#include "../checkpoint/temporary_folder.hpp"
#include "example_models.hpp"
#include "llama_cpp.hpp"

namespace tensormerge {
namespace {

/// Of llama.cpp's logits for the file and the example engine's for the folder.
float difference(const std::filesystem::path& file, const std::filesystem::path& folder) {
  return test::greatest_difference(*test::load(file), engine::llama::load(folder));
}

class logits : public ::testing::Test {
 protected:
  test::temporary_folder folder_;
};

TEST_F(logits, of_converted_models_are_ours) {
  for (const char* name : {"prose-base", "python-ft", "c-ft"}) {
    const std::filesystem::path model = test::example_models() / name;
    EXPECT_LT(difference(test::convert(model, folder_ / "model.gguf", "float32"), model), 1e-4f)
        << name;
  }
}

TEST_F(logits, of_other_shapes_and_of_tied_embeddings_are_ours) {
  const auto models = std::filesystem::path(TENSORMERGE_SHARED) / "models";
  if (!std::filesystem::exists(models)) {
    GTEST_SKIP() << "the models (TENSORMERGE_SHARED/models) are absent";
  }
  for (const char* name : {"deep-base", "wide-base", "tied-base"}) {
    const std::filesystem::path model = models / name;
    EXPECT_LT(difference(test::convert(model, folder_ / "model.gguf", "float32"), model), 1e-4f)
        << name;
  }
}

// llama.cpp rounds the states too, to what it multiplies such matrices with: 8 bits for blocks. The
// matrices here are too narrow for Q4_K and Q6_K.
TEST_F(logits, of_rounded_models_are_near_ours) {
  for (const char* type : {"float16", "bfloat16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0"}) {
    const std::filesystem::path file = test::convert(
        test::example_models() / "prose-base", folder_ / (std::string(type) + ".gguf"), type);
    const float most = type == std::string("float16") ? 0.02f : 0.5f;
    EXPECT_LT(difference(file, test::convert(file, folder_ / type, "float32")), most) << type;
  }
}

}  // namespace
}  // namespace tensormerge
