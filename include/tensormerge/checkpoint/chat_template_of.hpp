#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>

namespace tensormerge {

/// The chat template that transformers finds for a model: chat_template.jinja, else the one in
/// tokenizer_config.json, of several the default. None where there is neither. Throws failure.
inline std::optional<std::string> chat_template_of(const std::filesystem::path& folder) {
  constexpr std::size_t most_bytes = std::size_t{16} << 20;
  std::error_code error;
  const std::filesystem::path file = folder / "chat_template.jinja";
  if (std::filesystem::is_regular_file(file, error)) return read_text(file, most_bytes);
  const std::filesystem::path settings_file = folder / "tokenizer_config.json";
  if (!std::filesystem::is_regular_file(settings_file, error)) return std::nullopt;
  const node settings = load_json_file(settings_file);
  const node* stated = settings.find("chat_template");
  if (stated == nullptr) return std::nullopt;
  if (stated->is_string()) return stated->text;
  for (const node& item : stated->items) {
    const node* name = item.find("name");
    const node* text = item.find("template");
    if (name != nullptr && text != nullptr && name->text == "default") return text->text;
  }
  return std::nullopt;
}

}  // namespace tensormerge
