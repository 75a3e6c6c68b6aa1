#include <array>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tensormerge/plan/chat_templates.hpp>

namespace tensormerge {
namespace {

TEST(chat_template_named, knows_the_names_of_mergekit_and_writes_their_markers) {
  constexpr std::array<std::pair<const char*, const char*>, 5> markers{{
      {"alpaca", "### Instruction:"},
      {"chatml", "<|im_start|>"},
      {"exaone", "[|endofturn|]"},
      {"llama3", "<|start_header_id|>"},
      {"mistral", " [INST] "},
  }};
  for (const auto& [name, marker] : markers) {
    ASSERT_TRUE(chat_template_named(name).has_value()) << name;
    EXPECT_THAT(*chat_template_named(name), testing::HasSubstr(marker));
  }
  EXPECT_FALSE(chat_template_named("auto").has_value());
}

}  // namespace
}  // namespace tensormerge
