#include <cstdint>
#include <optional>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/layer_count.hpp>
#include <tensormerge/document/load_json.hpp>

namespace tensormerge {
namespace {

std::optional<std::uint64_t> count_in(const char* json) {
  return layer_count(load_json(json, "c"));
}

TEST(layer_count, is_read_under_every_name) {
  EXPECT_EQ(count_in(R"({"num_hidden_layers":32})"), 32u);
  EXPECT_EQ(count_in(R"({"n_layer":12,"n_head":4})"), 12u);
  EXPECT_EQ(count_in(R"({"n_layers":6})"), 6u);
  EXPECT_EQ(count_in(R"({"num_layers":8})"), 8u);
}

TEST(layer_count, is_read_for_the_language_model_of_several_parts) {
  EXPECT_EQ(count_in(R"({"vision_config":{"num_hidden_layers":2},
                         "text_config":{"num_hidden_layers":28}})"),
            28u);
  EXPECT_EQ(count_in(R"({"llm_config":{"n_layer":3}})"), 3u);
}

TEST(layer_count, is_none_where_nothing_states_it) {
  EXPECT_EQ(count_in("{}"), std::nullopt);
  EXPECT_EQ(count_in("null"), std::nullopt);
  EXPECT_EQ(count_in(R"({"num_hidden_layers":null,"text_config":7})"), std::nullopt);
  EXPECT_EQ(count_in(R"({"num_hidden_layers":-2})"), std::nullopt);
  EXPECT_EQ(count_in(R"({"vision_config":{"num_hidden_layers":2}})"), std::nullopt);
}

}  // namespace
}  // namespace tensormerge
