#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/model_reference.hpp>
#include <tensormerge/plan/finding_groups.hpp>
#include <tensormerge/plan/merge_plan.hpp>

namespace tensormerge {

/// Whether both are files of the same bytes.
inline bool have_same_content(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error_a, error_b;
  const auto bytes_a = std::filesystem::file_size(a, error_a);
  const auto bytes_b = std::filesystem::file_size(b, error_b);
  if (error_a || error_b || bytes_a != bytes_b) return false;
  std::ifstream stream_a(a, std::ios::binary), stream_b(b, std::ios::binary);
  std::array<char, 16384> block_a, block_b;
  while (stream_a && stream_b) {
    stream_a.read(block_a.data(), block_a.size());
    stream_b.read(block_b.data(), block_b.size());
    const auto end_a = block_a.begin() + stream_a.gcount();
    if (!std::equal(block_a.begin(), end_a, block_b.begin(), block_b.begin() + stream_b.gcount())) {
      return false;
    }
  }
  return stream_a.eof() && stream_b.eof();
}

/// Whether two models have the same tokenizer.json.
inline bool have_same_tokenizer(const planned_model& a, const planned_model& b) {
  return have_same_content(a.folder.path / "tokenizer.json", b.folder.path / "tokenizer.json");
}

/// The model whose tokenizer the output gets: the one that is asked for where all models have the
/// same tokenizer, without such settings the plan's donor. Every other setting is refused, since
/// vocabularies are not merged yet.
inline std::size_t choose_tokenizer(const merge_config& config, const merge_plan& plan,
                                    const std::string& config_file, finding_groups& findings) {
  const auto refuse = [&](std::string path, std::string what, std::string hint = {}) {
    findings.add("settings that are not supported",
                 {.file = config_file,
                  .at = config.tokenizer ? config.tokenizer->at : text_position{},
                  .path = std::move(path),
                  .what = std::move(what),
                  .hint = std::move(hint)});
    return plan.donor;
  };
  if (config.chat_template) {
    refuse("chat_template", "chat templates are not supported yet",
           "remove it: the template of the tokenizer is carried over");
  }
  if (!config.tokenizer && !config.tokenizer_source) return plan.donor;
  if (config.tokenizer && !config.tokenizer->tokens.empty()) {
    return refuse("tokenizer.tokens", "rules for tokens are not supported yet");
  }
  if (config.tokenizer && config.tokenizer->pad_to_multiple_of.value_or(0) > 0) {
    return refuse("tokenizer.pad_to_multiple_of", "padding a vocabulary is not supported yet");
  }
  const auto& source = config.tokenizer ? config.tokenizer->source : config.tokenizer_source;
  const std::string path = config.tokenizer ? "tokenizer.source" : "tokenizer_source";
  std::size_t chosen = plan.donor;
  const auto* reference = source ? std::get_if<model_reference>(&*source) : nullptr;
  if (reference != nullptr) {
    const auto found = std::find_if(
        plan.models.begin(), plan.models.end(),
        [reference](const planned_model& model) { return model.name == reference->text(); });
    if (found == plan.models.end()) {
      return refuse(path, "a tokenizer of a model that is not merged is not supported yet");
    }
    chosen = static_cast<std::size_t>(found - plan.models.begin());
  }
  for (const planned_model& model : plan.models) {
    if (have_same_tokenizer(model, plan.models[chosen])) continue;
    return refuse(path, "merging different tokenizers is not supported yet",
                  "those of " + quoted_name(plan.models[chosen].name) + " and " +
                      quoted_name(model.name) + " differ");
  }
  return chosen;
}

}  // namespace tensormerge
