#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include <ggml.h>
#include <gguf.h>
#include <llama.h>

#include <engine/llama.hpp>
#include <engine/texts.hpp>

#include "example_models.hpp"

namespace tensormerge::test {

struct free_llama_cpp {
  void operator()(llama_model* model) const { llama_model_free(model); }
  void operator()(llama_context* context) const { llama_free(context); }
  void operator()(gguf_context* file) const { gguf_free(file); }
  void operator()(ggml_context* tensors) const { ggml_free(tensors); }
};
template <class Owned>
using llama_cpp_pointer = std::unique_ptr<Owned, free_llama_cpp>;

/// A GGUF file as ggml reads it, with the tensors in memory.
struct ggml_file {
  explicit ggml_file(const std::filesystem::path& path) {
    ggml_context* read = nullptr;
    metadata.reset(gguf_init_from_file(path.c_str(), {.no_alloc = false, .ctx = &read}));
    tensors.reset(read);
    if (!metadata) throw std::runtime_error("ggml cannot read " + path.string());
  }

  /// nullptr where there is none of that name.
  const ggml_tensor* find(const char* name) const { return ggml_get_tensor(tensors.get(), name); }

  llama_cpp_pointer<gguf_context> metadata;
  llama_cpp_pointer<ggml_context> tensors;
};

/// Leaves of llama.cpp's messages those that do not only inform.
inline void report_problems_only() {
  llama_log_set(
      [](ggml_log_level level, const char* text, void*) {
        if (level == GGML_LOG_LEVEL_WARN || level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
      },
      nullptr);
}

/// Loads a GGUF file as llama.cpp does by default.
inline llama_cpp_pointer<llama_model> load(const std::filesystem::path& path) {
  report_problems_only();
  llama_cpp_pointer<llama_model> model(
      llama_model_load_from_file(path.c_str(), llama_model_default_params()));
  if (!model) throw std::runtime_error("llama.cpp cannot load " + path.string());
  return model;
}

/// Scores of the next token at each of the tokens, by llama.cpp, with keys and values in float32.
inline engine::matrix logits(llama_model& model, std::span<const std::int64_t> ids) {
  const auto count = static_cast<std::int32_t>(ids.size());
  llama_context_params parameters = llama_context_default_params();
  parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = static_cast<std::uint32_t>(count);
  parameters.type_k = parameters.type_v = GGML_TYPE_F32;
  parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  parameters.n_threads = parameters.n_threads_batch = 1;
  const llama_cpp_pointer<llama_context> context(llama_init_from_model(&model, parameters));
  llama_batch batch = llama_batch_init(count, 0, 1);
  batch.n_tokens = count;
  for (std::int32_t i = 0; i < count; ++i) {
    batch.token[i] = static_cast<llama_token>(ids[static_cast<std::size_t>(i)]);
    batch.pos[i] = i;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = 0;
    batch.logits[i] = 1;
  }
  const bool is_done = context && llama_decode(context.get(), batch) == 0;
  llama_batch_free(batch);
  if (!is_done) throw std::runtime_error("llama.cpp cannot evaluate the model");
  const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(&model));
  return Eigen::Map<const engine::matrix>(llama_get_logits(context.get()), count, vocabulary);
}

/// The greatest difference between llama.cpp's logits and the example engine's, over the beginnings
/// of texts; NaN counts as infinite.
inline float greatest_difference(llama_model& theirs, const engine::llama& ours) {
  float greatest = 0;
  for (const engine::text& text : heldout_texts()) {
    const engine::matrix errors = logits(theirs, beginning(text)) - ours.logits(beginning(text));
    if (!errors.allFinite()) return std::numeric_limits<float>::infinity();
    greatest = std::max(greatest, errors.lpNorm<Eigen::Infinity>());
  }
  return greatest;
}

}  // namespace tensormerge::test
