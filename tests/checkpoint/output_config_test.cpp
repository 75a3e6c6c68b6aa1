#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <tensormerge/checkpoint/output_config.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/write_json.hpp>

namespace tensormerge {
namespace {

std::string changed(const char* donor, std::optional<std::uint64_t> layers,
                    std::optional<dtype> type) {
  const node config = load_json(donor, "config.json");
  config_changes changes{.type = type};
  if (layers) changes.stacks = {{"model.layers.", std::vector<layer_origin>(*layers, {&config, 0})}};
  return write_json(output_config(config, changes), 0);
}

TEST(output_config, sets_layer_count_and_dtype_and_keeps_the_rest_as_written) {
  EXPECT_EQ(changed(R"({"rms_norm_eps":1e-06,"num_hidden_layers":4,"rope_theta":10000.0,
                        "torch_dtype":"float32","pad_token_id":null})",
                    6, dtype::bfloat16),
            R"({"rms_norm_eps": 1e-06, "num_hidden_layers": 6, "rope_theta": 10000.0, )"
            R"("torch_dtype": "bfloat16", "pad_token_id": null})");
}

TEST(output_config, adds_a_dtype_where_none_is_stated) {
  EXPECT_EQ(changed(R"({"a":1})", {}, dtype::bfloat16), R"({"a": 1, "torch_dtype": "bfloat16"})");
}

TEST(output_config, tells_the_vocabulary_and_the_tying_of_the_written_tensors) {
  const node donor = load_json(R"({"vocab_size":8,"tie_word_embeddings":true})", "config.json");
  EXPECT_EQ(write_json(output_config(donor, {.vocabulary_size = 10, .tied_embeddings = false}), 0),
            R"({"vocab_size": 10, "tie_word_embeddings": false})");
  EXPECT_EQ(write_json(output_config(load_json("{}", "config.json"), {.tied_embeddings = true}), 0),
            R"({"tie_word_embeddings": true})");
  EXPECT_EQ(write_json(output_config(load_json("{}", "config.json"), {.vocabulary_size = 3}), 0),
            R"({"vocab_size": 3})");
}

TEST(output_config, states_how_weights_are_quantised_in_place_of_what_was_stated) {
  const std::string settings = R"({"group_size": 32, "bits": 8, "mode": "affine"})";
  const auto stated = [](const char* donor) {
    return write_json(output_config(load_json(donor, "config.json"),
                                    {.quantisation = mlx_settings{.bits = 8, .group = 32}}),
                      0);
  };
  EXPECT_EQ(stated(R"({"a":1})"), R"({"a": 1, "quantization": )" + settings +
                                      R"(, "quantization_config": )" + settings + "}");
  EXPECT_EQ(stated(R"({"quantization":{"bits":4,"m":{"bits":2}},"a":1})"), stated(R"({"a":1})"));
}

TEST(output_config, changes_nothing_that_is_not_asked_for) {
  EXPECT_EQ(changed(R"({"num_hidden_layers":4,"dtype":"float32"})", {}, {}),
            R"({"num_hidden_layers": 4, "dtype": "float32"})");
  EXPECT_EQ(changed("null", 3, dtype::float16), "null");
}

}  // namespace
}  // namespace tensormerge
