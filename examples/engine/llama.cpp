#include "llama.hpp"

#include <cmath>
#include <cstddef>
#include <string>

#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/checkpoint/tensor_reader.hpp>
#include <tensormerge/error/failure.hpp>

namespace engine {

namespace {

/// Each row over its root mean square, times the weights. Ref: Zhang and Sennrich 2019.
matrix rms_norm(const matrix& states, const matrix& weights, float epsilon) {
  const Eigen::VectorXf scale =
      (states.array().square().rowwise().mean() + epsilon).rsqrt().matrix();
  return (scale.asDiagonal() * states) * weights.col(0).asDiagonal();
}

matrix silu(const matrix& x) { return (x.array() / ((-x.array()).exp() + 1.0f)).matrix(); }

}  // namespace

llama llama::load(const std::filesystem::path& folder) {
  const tensormerge::model_folder model = tensormerge::model_folder::open(folder);
  const tensormerge::tensor_reader reader(model.weights);
  llama result;
  result.config_ = read_llama_config(model.config, (folder / "config.json").string());
  const llama_config& config = result.config_;
  const auto read = [&](const std::string& name, Eigen::Index rows, Eigen::Index columns) {
    return read_matrix(model.weights, reader, name, rows, columns);
  };
  const Eigen::Index hidden = config.hidden_size;
  const Eigen::Index queries = config.num_attention_heads * config.head_dim;
  const Eigen::Index keys = config.num_key_value_heads * config.head_dim;
  result.embeddings_ = read("model.embed_tokens.weight", config.vocab_size, hidden);
  for (Eigen::Index i = 0; i < config.num_hidden_layers; ++i) {
    const std::string prefix = "model.layers." + std::to_string(i) + '.';
    const std::string attention = prefix + "self_attn.", mlp = prefix + "mlp.";
    result.layers_.push_back({
        .input_norm = read(prefix + "input_layernorm.weight", hidden, 1),
        .post_attention_norm = read(prefix + "post_attention_layernorm.weight", hidden, 1),
        .query = read(attention + "q_proj.weight", queries, hidden),
        .key = read(attention + "k_proj.weight", keys, hidden),
        .value = read(attention + "v_proj.weight", keys, hidden),
        .output = read(attention + "o_proj.weight", hidden, queries),
        .gate = read(mlp + "gate_proj.weight", config.intermediate_size, hidden),
        .up = read(mlp + "up_proj.weight", config.intermediate_size, hidden),
        .down = read(mlp + "down_proj.weight", hidden, config.intermediate_size),
    });
  }
  result.norm_ = read("model.norm.weight", hidden, 1);
  const tensormerge::node* tied = model.config.find("tie_word_embeddings");
  if (tied == nullptr || tied->number == 0) {
    result.head_ = read("lm_head.weight", config.vocab_size, hidden);
  }
  return result;
}

matrix llama::logits(std::span<const std::int64_t> ids) const {
  matrix states(static_cast<Eigen::Index>(ids.size()), config_.hidden_size);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= config_.vocab_size) {
      throw tensormerge::failure(tensormerge::diagnostic{
          .what = "a token is outside of the vocabulary",
          .expected = "an id from 0 to " + std::to_string(config_.vocab_size - 1),
          .found = std::to_string(ids[i])});
    }
    states.row(static_cast<Eigen::Index>(i)) = embeddings_.row(ids[i]);
  }
  for (const layer& weights : layers_) {
    states += attention(weights, rms_norm(states, weights.input_norm, config_.rms_norm_eps));
    const matrix normed = rms_norm(states, weights.post_attention_norm, config_.rms_norm_eps);
    const matrix gated =
        silu(normed * weights.gate.transpose()).cwiseProduct(normed * weights.up.transpose());
    states += gated * weights.down.transpose();
  }
  const matrix normed = rms_norm(states, norm_, config_.rms_norm_eps);
  return normed * (head_.size() == 0 ? embeddings_ : head_).transpose();
}

/// Causal attention; several query heads share a key and value head. Ref: Ainslie et al. 2023.
matrix llama::attention(const layer& weights, const matrix& normed) const {
  const Eigen::Index size = config_.head_dim, tokens = normed.rows();
  const Eigen::Index sharing = config_.num_attention_heads / config_.num_key_value_heads;
  matrix queries = normed * weights.query.transpose();
  matrix keys = normed * weights.key.transpose();
  const matrix values = normed * weights.value.transpose();
  rotate(queries, config_.num_attention_heads);
  rotate(keys, config_.num_key_value_heads);
  const float scale = 1 / std::sqrt(static_cast<float>(size));
  matrix mixed(tokens, queries.cols());
  for (Eigen::Index head = 0; head < config_.num_attention_heads; ++head) {
    const Eigen::Index shared = head / sharing;
    matrix scores = scale * queries.middleCols(head * size, size) *
                    keys.middleCols(shared * size, size).transpose();
    for (Eigen::Index row = 0; row < tokens; ++row) {
      auto seen = scores.row(row).head(row + 1).array();
      seen = (seen - seen.maxCoeff()).exp();
      seen /= seen.sum();
      scores.row(row).tail(tokens - row - 1).setZero();
    }
    mixed.middleCols(head * size, size) = scores * values.middleCols(shared * size, size);
  }
  return mixed * weights.output.transpose();
}

/// Turns each pair (i, i + head_dim / 2) of a head by token position x theta^(-2i / head_dim).
/// Ref: Su et al. 2021, with the pairing of the Hugging Face layout.
void llama::rotate(matrix& states, Eigen::Index heads) const {
  const Eigen::Index half = config_.head_dim / 2;
  for (Eigen::Index pair = 0; pair < half; ++pair) {
    const double frequency =
        std::pow(config_.rope_theta, -static_cast<double>(pair) / static_cast<double>(half));
    for (Eigen::Index token = 0; token < states.rows(); ++token) {
      const double angle = static_cast<double>(token) * frequency;
      const auto cosine = static_cast<float>(std::cos(angle));
      const auto sine = static_cast<float>(std::sin(angle));
      for (Eigen::Index head = 0; head < heads; ++head) {
        float& first = states(token, head * config_.head_dim + pair);
        float& second = states(token, head * config_.head_dim + pair + half);
        const float turned = first * cosine - second * sine;
        second = second * cosine + first * sine;
        first = turned;
      }
    }
  }
}

}  // namespace engine
