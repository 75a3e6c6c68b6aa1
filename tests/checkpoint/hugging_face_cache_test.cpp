#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/hugging_face_cache.hpp>

#include "environment_variable.hpp"
#include "temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::environment_variable;

TEST(hugging_face_cache, follows_the_variables_in_the_order_of_huggingface_hub) {
  const environment_variable home("HOME", "/home/someone");
  const environment_variable xdg("XDG_CACHE_HOME", std::nullopt), hf_home("HF_HOME", std::nullopt),
      old_cache("HUGGINGFACE_HUB_CACHE", std::nullopt), cache("HF_HUB_CACHE", std::nullopt);
  EXPECT_EQ(hugging_face_cache(), "/home/someone/.cache/huggingface/hub");
  const environment_variable with_xdg("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(hugging_face_cache(), "/xdg/huggingface/hub");
  const environment_variable with_home("HF_HOME", "~/hf");
  EXPECT_EQ(hugging_face_cache(), "/home/someone/hf/hub");
  const environment_variable with_old("HUGGINGFACE_HUB_CACHE", "/old");
  EXPECT_EQ(hugging_face_cache(), "/old");
  const environment_variable with_cache("HF_HUB_CACHE", "/cache");
  EXPECT_EQ(hugging_face_cache(), "/cache");
}

TEST(hugging_face_folder, is_named_by_organisation_and_model) {
  EXPECT_EQ(hugging_face_folder("org/name"), "models--org--name");
  EXPECT_EQ(hugging_face_folder("gpt2"), "models--gpt2");
  for (const std::string_view no_model :
       {"../name", "org/..", "a/b/c", "/name", "org/", "./x", ""}) {
    EXPECT_EQ(hugging_face_folder(no_model), std::nullopt) << no_model;
  }
}

class cached_model : public testing::Test {
 protected:
  cached_model() {
    test::write_file(folder_ / "models--org--name/refs/main", "c0ffee");
    test::write_file(folder_ / "models--org--name/refs/pr/1", "beef\n");
    test::write_file(folder_ / "models--org--name/refs/escape", "../../elsewhere");
    test::write_file(folder_ / "models--org--name/refs/gone", "dead");
    test::write_file(folder_ / "models--org--name/snapshots/c0ffee/config.json", "{}");
    test::write_file(folder_ / "models--org--name/snapshots/beef/config.json", "{}");
    test::write_file(folder_ / "models--org--elsewhere/config.json", "{}");
  }

  std::optional<std::string> find(std::string_view revision) const {
    const auto found = find_in_hugging_face_cache(folder_.path(), "org/name", revision);
    return found ? std::optional(found->filename().string()) : std::nullopt;
  }

 private:
  test::temporary_folder folder_;
};

TEST_F(cached_model, is_found_by_branch_or_commit) {
  EXPECT_EQ(find(""), "c0ffee");
  EXPECT_EQ(find("main"), "c0ffee");
  EXPECT_EQ(find("pr/1"), "beef");
  EXPECT_EQ(find("beef"), "beef");
}

TEST_F(cached_model, is_not_found_by_names_that_leave_its_folder) {
  EXPECT_EQ(find("escape"), std::nullopt);
  EXPECT_EQ(find("../snapshots/beef"), std::nullopt);
  EXPECT_EQ(find("gone"), std::nullopt);
  EXPECT_EQ(find("v2"), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
