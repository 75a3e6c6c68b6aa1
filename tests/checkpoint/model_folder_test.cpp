#include <filesystem>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/checkpoint/model_folder.hpp>

#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;
using test::message_of;

TEST(model_folder, holds_config_and_weights) {
  const test::temporary_folder folder;
  test::write_file(folder / "model.safetensors", test::file_with_tensor("a", "xyz"));
  test::write_file(folder / "config.json", R"({"num_hidden_layers":4})");
  const model_folder model = model_folder::open(folder.path());
  EXPECT_EQ(model.path, folder.path());
  EXPECT_EQ(layer_count(model.config), 4u);
  EXPECT_NE(model.weights.find("a"), nullptr);
}

TEST(model_folder, may_lack_a_config_or_be_a_single_file) {
  const test::temporary_folder folder;
  test::write_file(folder / "model.safetensors", test::file_with_tensor("a", "xyz"));
  EXPECT_TRUE(model_folder::open(folder.path()).config.is_null());
  EXPECT_TRUE(model_folder::open(folder / "model.safetensors").config.is_null());
}

TEST(model_folder, reports_the_problems_of_config_and_weights_together) {
  const test::temporary_folder folder;
  test::write_file(folder / "model.safetensors", "short");
  test::write_file(folder / "config.json", "[]");
  const std::string message = message_of([&] { model_folder::open(folder.path()); });
  EXPECT_TRUE(contains(message, "model.safetensors: error: is too short"));
  EXPECT_TRUE(contains(message, "config.json: error: is of the wrong kind, expected a mapping"));
}

TEST(model_folder, opens_every_real_model) {
  const std::filesystem::path shared = TENSORMERGE_SHARED;
  if (shared.empty()) GTEST_SKIP() << "TENSORMERGE_SHARED is not set";
  for (const char* name :
       {"prose-base", "python-ft-sharded", "python-ft-bin", "gpt2-tiny", "deep-base", "f32/c-ft"}) {
    const model_folder model = model_folder::open(shared / "models" / name);
    EXPECT_TRUE(layer_count(model.config).has_value()) << name;
    EXPECT_GT(model.weights.tensors().size(), 10u) << name;
  }
}

}  // namespace
}  // namespace tensormerge
