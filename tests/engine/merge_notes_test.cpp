#include <tensormerge/engine/merge_notes.hpp>

#include <gtest/gtest.h>

namespace tensormerge {
namespace {

TEST(merge_notes, name_the_output_and_keep_the_configuration_as_it_was) {
  merge_config config;
  config.base_model = parse_model_reference("org/base@v1");
  merge_plan plan;
  plan.models.push_back({.name = "org/base@v1", .folder = {}});
  const std::string text = "# mine\r\nmerge_method: linear";
  for (const char* output : {"some/out", "some/out/", "some/../out/./"}) {
    const auto notes = merge_notes(config, plan, output, text);
    ASSERT_EQ(notes.size(), 2u);
    EXPECT_EQ(notes[0].first, "README.md");
    EXPECT_NE(notes[0].second.find("\n# out\n"), std::string::npos) << notes[0].second;
    EXPECT_EQ(notes[1], std::pair(std::string("mergekit_config.yml"), text));
  }
}

}  // namespace
}  // namespace tensormerge
