#include <tensormerge/engine/model_card.hpp>

#include <gtest/gtest.h>

#include <tensormerge/document/load_yaml.hpp>

namespace tensormerge {
namespace {

std::string front_matter(const std::string& card) {
  const std::size_t end = card.find("---\n", 4);
  return card.substr(4, end - 4);
}

TEST(model_card, lists_repositories_once_and_no_local_paths) {
  const std::string card = model_card({.name = "out",
                                       .method = "ties",
                                       .models = {"org/a@main+org/adapter", "/home/me/b", "org/a"},
                                       .base = "org/base",
                                       .configuration = "merge_method: ties\n"});
  ASSERT_TRUE(card.starts_with("---\n"));
  const node front = load_yaml(front_matter(card), "card");
  ASSERT_NE(front.find("base_model"), nullptr);
  std::vector<std::string> bases;
  for (const node& item : front.find("base_model")->items) bases.push_back(item.text);
  EXPECT_EQ(bases, (std::vector<std::string>{"org/a", "org/base"}));
  EXPECT_EQ(front.find("library_name")->text, "transformers");
  EXPECT_EQ(front.find("tags")->items.size(), 2u);
  EXPECT_NE(card.find("- `/home/me/b`\n"), std::string::npos);
  EXPECT_NE(card.find("- `org/base`\n"), std::string::npos);
}

TEST(model_card, quotes_a_configuration_that_holds_a_fence) {
  const std::string card =
      model_card({.name = "out", .method = "linear", .configuration = "# ```\nmerge_method: linear"});
  EXPECT_NE(card.find("\n````yaml\n# ```\nmerge_method: linear\n````\n"), std::string::npos);
  EXPECT_EQ(front_matter(card).find("base_model"), std::string::npos);
}

}  // namespace
}  // namespace tensormerge
