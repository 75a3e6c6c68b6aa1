#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <tensormerge/document/node.hpp>
#include <tensormerge/engine/tensor_source.hpp>

#include "llama_config.hpp"
#include "read_tensor.hpp"

namespace engine {

/// A Llama model with float32 weights on the CPU. No cache: it reads a whole text at once, which is
/// what a perplexity asks for.
class llama {
 public:
  /// Loads a model folder in the Hugging Face layout. Throws tensormerge::failure.
  static llama load(const std::filesystem::path& folder);

  /// Takes the tensors from any source; `file` is what `config` was read from. Throws
  /// tensormerge::failure.
  static llama load(const tensormerge::node& config, const std::string& file,
                    const tensormerge::source_reference& weights);

  /// Reads the tensors of these names again; others are none of the model's.
  void reload(const tensormerge::source_reference& weights, std::span<const std::string> names);

  const llama_config& config() const { return config_; }

  /// Scores of the next token at each of the T tokens.  // (T, vocab_size)
  /// Throws tensormerge::failure where an id is outside of the vocabulary.
  matrix logits(std::span<const std::int64_t> ids) const;

 private:
  struct layer {
    matrix input_norm, post_attention_norm;  // (hidden, 1)
    matrix query;                            // (heads x head_dim, hidden)
    matrix key, value;                       // (kv_heads x head_dim, hidden)
    matrix output;                           // (hidden, heads x head_dim)
    matrix gate, up;                         // (intermediate, hidden)
    matrix down;                             // (hidden, intermediate)
  };

  /// Calls `visit(name, matrix, rows, columns)` for each tensor.
  template <class Visitor>
  void for_each_tensor(Visitor&& visit);

  matrix attention(const layer& weights, const matrix& normed) const;
  void rotate(matrix& states, Eigen::Index heads) const;

  llama_config config_;
  matrix embeddings_;  // (vocab_size, hidden)
  std::vector<layer> layers_;
  matrix norm_;  // (hidden, 1)
  matrix head_;  // (vocab_size, hidden), or empty where the embeddings serve as the head
  bool has_head_ = true;
};

}  // namespace engine
