#include <string>

#include <gtest/gtest.h>

#include <tensormerge/plan/lora/adapter_config.hpp>

#include "../../checkpoint/temporary_folder.hpp"

namespace tensormerge {
namespace {

using test::contains;

class adapter_config_file : public testing::Test {
 protected:
  adapter_config read(const std::string& text) const {
    test::write_file(folder_ / "adapter_config.json", text);
    return read_adapter_config(folder_ / "adapter_config.json");
  }
  std::string message(const std::string& text) const {
    return test::message_of([&] { read(text); });
  }

  test::temporary_folder folder_;
};

TEST_F(adapter_config_file, gives_the_scale_of_each_module) {
  const adapter_config config = read(
      R"({"peft_type": "LORA", "r": 4, "lora_alpha": 8, "use_rslora": false, "bias": "none",
          "rank_pattern": {"layers.1.q_proj": 2, "^model.*o_proj": 16},
          "alpha_pattern": {"q_proj": 10}, "target_parameters": null, "loftq_config": {}})");
  EXPECT_EQ(config.scale_of("model.layers.0.k_proj"), 2);
  EXPECT_EQ(config.scale_of("model.layers.0.q_proj"), 2.5);
  EXPECT_EQ(config.scale_of("model.layers.1.q_proj"), 5);
  EXPECT_EQ(config.scale_of("model.layers.1.xq_proj"), 2);
  EXPECT_EQ(config.scale_of("model.layers.1.o_proj"), 0.5);
  EXPECT_FALSE(config.has_magnitudes);
  EXPECT_FALSE(config.fan_in_fan_out);
}

TEST_F(adapter_config_file, scales_by_the_root_of_the_rank_where_it_is_stabilized) {
  const adapter_config config = read(
      R"({"peft_type": "LORA", "r": 16, "lora_alpha": 8, "use_rslora": true, "use_dora": true})");
  EXPECT_EQ(config.scale_of("q_proj"), 2);
  EXPECT_TRUE(config.has_magnitudes);
}

TEST_F(adapter_config_file, names_every_setting_that_cannot_be_followed) {
  const std::string text = message(
      R"json({"peft_type": "IA3", "r": 0, "lora_alpha": "much", "rank_pattern": {"(?=x)": 2},
              "layer_replication": [[0, 4]], "use_qalora": true,
              "init_lora_weights": "pissa_niter_4"})json");
  EXPECT_TRUE(contains(text, "peft_type: adapters of this type are not supported, expected LORA, "
                             "found `IA3`"));
  EXPECT_TRUE(contains(text, "r: is of the wrong kind, expected a number above 0, found `0`"));
  EXPECT_TRUE(contains(text, "lora_alpha: is of the wrong kind"));
  EXPECT_TRUE(contains(text, "rank_pattern: the pattern"));
  EXPECT_TRUE(contains(text, "layer_replication: adapters with this setting are not supported"));
  EXPECT_TRUE(contains(text, "use_qalora: adapters with this setting are not supported"));
  EXPECT_TRUE(contains(text, "init_lora_weights: the adapter belongs to a base that was changed"));
  EXPECT_TRUE(contains(message("{}"), "peft_type"));
}

}  // namespace
}  // namespace tensormerge
