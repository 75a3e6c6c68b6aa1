#include <optional>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/vocabulary_size.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

TEST(vocabulary_size, is_stated_at_the_top_or_for_the_language_model) {
  EXPECT_EQ(vocabulary_size(load_json(R"({"vocab_size": 5})", "")), 5u);
  EXPECT_EQ(vocabulary_size(load_json(R"({"text_config": {"vocab_size": 6}})", "")), 6u);
  EXPECT_EQ(vocabulary_size(load_json(R"({"vocab_size": null})", "")), std::nullopt);
  EXPECT_EQ(vocabulary_size({}), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
