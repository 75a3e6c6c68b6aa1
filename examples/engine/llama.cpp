#include "llama.hpp"

#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <tensormerge/checkpoint/model_folder.hpp>
#include <tensormerge/engine/checkpoint_source.hpp>
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
  tensormerge::model_folder model = tensormerge::model_folder::open(folder);
  const tensormerge::checkpoint_source weights(std::move(model.weights));
  return load(model.config, (folder / "config.json").string(), weights);
}

llama llama::load(const tensormerge::node& config, const std::string& file,
                  const tensormerge::source_reference& weights) {
  llama result;
  result.config_ = read_llama_config(config, file);
  result.layers_.resize(static_cast<std::size_t>(result.config_.num_hidden_layers));
  const tensormerge::node* tied = config.find("tie_word_embeddings");
  result.has_head_ = tied == nullptr || tied->number == 0;
  result.for_each_tensor([&](const std::string& name, matrix& tensor, Eigen::Index rows,
                             Eigen::Index columns) {
    tensor = read_matrix(weights, name, rows, columns);
  });
  return result;
}

void llama::reload(const tensormerge::source_reference& weights,
                   std::span<const std::string> names) {
  const std::set<std::string_view> wanted(names.begin(), names.end());
  for_each_tensor([&](const std::string& name, matrix& tensor, Eigen::Index rows,
                      Eigen::Index columns) {
    if (wanted.contains(name)) tensor = read_matrix(weights, name, rows, columns);
  });
}

template <class Visitor>
void llama::for_each_tensor(Visitor&& visit) {
  const Eigen::Index hidden = config_.hidden_size, wide = config_.intermediate_size;
  const Eigen::Index queries = config_.num_attention_heads * config_.head_dim;
  const Eigen::Index keys = config_.num_key_value_heads * config_.head_dim;
  visit("model.embed_tokens.weight", embeddings_, config_.vocab_size, hidden);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layer& weights = layers_[i];
    const std::string prefix = "model.layers." + std::to_string(i) + '.';
    const std::string attention = prefix + "self_attn.", mlp = prefix + "mlp.";
    visit(prefix + "input_layernorm.weight", weights.input_norm, hidden, 1);
    visit(prefix + "post_attention_layernorm.weight", weights.post_attention_norm, hidden, 1);
    visit(attention + "q_proj.weight", weights.query, queries, hidden);
    visit(attention + "k_proj.weight", weights.key, keys, hidden);
    visit(attention + "v_proj.weight", weights.value, keys, hidden);
    visit(attention + "o_proj.weight", weights.output, hidden, queries);
    visit(mlp + "gate_proj.weight", weights.gate, wide, hidden);
    visit(mlp + "up_proj.weight", weights.up, wide, hidden);
    visit(mlp + "down_proj.weight", weights.down, hidden, wide);
  }
  visit("model.norm.weight", norm_, hidden, 1);
  if (has_head_) visit("lm_head.weight", head_, config_.vocab_size, hidden);
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
  return normed * (has_head_ ? head_ : embeddings_).transpose();
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
