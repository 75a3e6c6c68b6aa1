#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/find_model.hpp>

#include "environment_variable.hpp"
#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;

class model_places : public testing::Test {
 protected:
  void make(const std::string& name) const {
    test::write_file(folder_ / name / "config.json", "{}");
  }

  test::temporary_folder folder_;
  test::environment_variable cache_{"HF_HUB_CACHE", (folder_ / "hub").string()};
  model_search search_{.models_dir = folder_ / "models", .config_folder = folder_ / "configs"};
};

TEST_F(model_places, are_searched_in_order) {
  make("hub/models--org--name/snapshots/main");
  EXPECT_EQ(find_model("org/name", "", search_), folder_ / "hub/models--org--name/snapshots/main");
  make("configs/org/name");
  EXPECT_EQ(find_model("org/name", "", search_), folder_ / "configs/org/name");
  make("models/org/name");
  EXPECT_EQ(find_model("org/name", "", search_), folder_ / "models/org/name");
}

TEST_F(model_places, include_the_working_directory_before_the_cache) {
  const std::filesystem::path before = std::filesystem::current_path();
  make("hub/models--local/snapshots/main");
  make("work/local");
  std::filesystem::current_path(folder_ / "work");
  const auto found = find_model("local", "", search_);
  std::filesystem::current_path(before);
  EXPECT_EQ(found, "local");
}

TEST_F(model_places, are_not_searched_for_an_absolute_path) {
  make("elsewhere");
  EXPECT_EQ(find_model((folder_ / "elsewhere").string(), "", search_), folder_ / "elsewhere");
  EXPECT_EQ(find_model((folder_ / "nowhere").string(), "", search_), std::nullopt);
}

TEST_F(model_places, may_hold_a_single_file) {
  test::write_file(folder_ / "models/weights.safetensors", "");
  EXPECT_EQ(find_model("weights.safetensors", "", search_), folder_ / "models/weights.safetensors");
  EXPECT_EQ(find_model("", "", search_), std::nullopt);
}

TEST_F(model_places, are_all_named_when_the_model_is_not_there) {
  const std::string text = to_string(model_not_found("org/name", "v2", search_));
  EXPECT_TRUE(contains(text, "the model `org/name` is not there, expected it at one of " +
                                 (folder_ / "models/org/name").string() + ", " +
                                 (folder_ / "configs/org/name").string() + ", "));
  EXPECT_TRUE(contains(text, (folder_ / "hub/models--org--name").string()));
  EXPECT_TRUE(contains(text, "get it with `huggingface-cli download org/name --revision v2`"));
}

TEST_F(model_places, offer_no_download_for_a_path) {
  const std::string text = to_string(model_not_found("/no/such/folder", "", search_));
  EXPECT_TRUE(contains(text, "expected it at one of /no/such/folder; check the path"));
}

}  // namespace
}  // namespace tensormerge
