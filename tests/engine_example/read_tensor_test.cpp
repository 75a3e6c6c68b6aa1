#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <engine/read_tensor.hpp>
#include <tensormerge/checkpoint/checkpoint.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/error/failure.hpp>

namespace {

struct opened {
  explicit opened(const char* file)
      : weights(tensormerge::checkpoint::open(std::filesystem::path(TENSORMERGE_EXAMPLES) /
                                              "models" / file)),
        reader(weights) {}
  tensormerge::checkpoint weights;
  tensormerge::tensor_reader reader;
};

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const tensormerge::failure& found) {
    return found.what();
  }
  return {};
}

TEST(read_matrix, says_which_tensor_is_missing_or_of_another_shape) {
  const opened model("prose-base");
  EXPECT_EQ(
      message_of([&] { engine::read_matrix(model.weights, model.reader, "lm_head.bias", 512, 1); }),
      "error: lm_head.bias: the model has no such tensor");
  EXPECT_NE(message_of([&] {
              engine::read_matrix(model.weights, model.reader, "lm_head.weight", 512, 65);
            }).find("the shape differs from config.json"),
            std::string::npos);
}

TEST(read_matrix, refuses_integers_and_read_integers_refuses_floats) {
  const opened texts("heldout/ids.safetensors"), model("prose-base");
  const auto size = static_cast<Eigen::Index>(texts.weights.find("prose-base.c")->bytes / 4);
  EXPECT_NE(message_of([&] {
              engine::read_matrix(texts.weights, texts.reader, "prose-base.c", size, 1);
            }).find("the dtype is not supported"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              engine::read_integers(model.weights, model.reader, "model.norm.weight");
            }).find("the dtype is not supported"),
            std::string::npos);
}

}  // namespace
