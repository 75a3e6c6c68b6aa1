#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// What a file beside the weights is for.
enum class side_file_kind { tokenizer, generation, processor, code };

struct side_file {
  std::filesystem::path from{};
  std::string name{};
  side_file_kind kind = side_file_kind::tokenizer;
};

/// The kind of a file that belongs with a model's weights, none for weights, notes and anything
/// unknown.
inline std::optional<side_file_kind> side_file_kind_of(std::string_view name) {
  constexpr std::array<std::string_view, 14> tokenizer_names{
      "vocab.json", "vocab.txt",         "merges.txt",      "special_tokens_map.json",
      "bpe.codes",  "added_tokens.json", "spiece.model",    "sentencepiece.bpe.model",
      "source.spm", "target.spm",        "normalizer.json", "tekken.json",
      "emoji.json", "spm.model"};
  constexpr std::array<std::string_view, 6> processor_names{
      "preprocessor_config.json",       "processor_config.json",
      "video_preprocessor_config.json", "image_processor_config.json",
      "feature_extractor_config.json",  "audio_processor_config.json"};
  constexpr std::array<std::string_view, 5> weights_endings{".safetensors", ".bin", ".pt", ".pth",
                                                            ".gguf"};
  for (const std::string_view ending : weights_endings) {
    if (name.ends_with(ending)) return std::nullopt;
  }
  const auto one_of = [name](const auto& list) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (one_of(tokenizer_names) || name.starts_with("tokenizer") ||
      name.starts_with("chat_template") || name.ends_with(".tiktoken")) {
    return name.ends_with(".py") ? side_file_kind::code : side_file_kind::tokenizer;
  }
  if (name == "generation_config.json") return side_file_kind::generation;
  if (one_of(processor_names)) return side_file_kind::processor;
  if (name.ends_with(".py")) return side_file_kind::code;
  return std::nullopt;
}

/// The files of a model folder that an output takes over unchanged, by name. Code is among them
/// where `config` (the folder's config.json, or a null node) says by `auto_map` that the model
/// needs it. Links are listed like files; config.json is not, since an output has its own.
inline std::vector<side_file> side_files(const std::filesystem::path& folder, const node& config) {
  std::vector<side_file> files;
  std::error_code error;
  for (std::filesystem::directory_iterator item(folder, error), end; !error && item != end;
       item.increment(error)) {
    const std::string name = item->path().filename().string();
    const std::optional<side_file_kind> kind = side_file_kind_of(name);
    std::error_code status_error;
    if (!kind || !item->is_regular_file(status_error)) continue;
    if (*kind == side_file_kind::code && config.find("auto_map") == nullptr) continue;
    files.push_back({item->path(), name, *kind});
  }
  std::sort(files.begin(), files.end(),
            [](const side_file& a, const side_file& b) { return a.name < b.name; });
  return files;
}

}  // namespace tensormerge
