#pragma once

#include <string>

#include <Eigen/Core>

#include <tensormerge/document/node.hpp>

namespace engine {

/// The shape of a Llama model; the names are those of config.json.
struct llama_config {
  Eigen::Index num_hidden_layers = 0;
  Eigen::Index hidden_size = 0;
  Eigen::Index intermediate_size = 0;
  Eigen::Index num_attention_heads = 0;
  Eigen::Index num_key_value_heads = 0;
  Eigen::Index head_dim = 0;
  Eigen::Index vocab_size = 0;
  float rms_norm_eps = 1e-6f;
  double rope_theta = 10000;
};

/// Reads the content of `file`, a config.json. Throws tensormerge::failure with everything that is
/// missing or that this engine cannot do.
llama_config read_llama_config(const tensormerge::node& config, const std::string& file);

}  // namespace engine
