#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/read_text.hpp>

namespace tensormerge {

namespace detail {

/// The path in an environment variable, `~` at its start replaced; empty where it is not set.
inline std::filesystem::path path_of_environment(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr || *value == '\0') return {};
  const std::string_view text = value;
  const char* home = std::getenv("HOME");
  if (text.starts_with("~/") && home != nullptr)
    return std::filesystem::path(home) / text.substr(2);
  return text;
}

/// Whether every part of `text` between slashes is a plain file name.
inline bool stays_below(std::string_view text) {
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    if (!is_plain_file_name(text.substr(begin, end - begin))) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace detail

/// The folder where huggingface_hub keeps what it downloads: HF_HUB_CACHE, else
/// HUGGINGFACE_HUB_CACHE, else hub in HF_HOME, else huggingface/hub in XDG_CACHE_HOME or ~/.cache.
/// Empty where no home is known.
inline std::filesystem::path hugging_face_cache() {
  for (const char* variable : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (std::filesystem::path folder = detail::path_of_environment(variable); !folder.empty()) {
      return folder;
    }
  }
  if (std::filesystem::path home = detail::path_of_environment("HF_HOME"); !home.empty()) {
    return home / "hub";
  }
  if (std::filesystem::path cache = detail::path_of_environment("XDG_CACHE_HOME"); !cache.empty()) {
    return cache / "huggingface" / "hub";
  }
  const std::filesystem::path home = detail::path_of_environment("HOME");
  return home.empty() ? home : home / ".cache" / "huggingface" / "hub";
}

/// The name of a model's folder in the cache (`models--org--name`); none where `model` is no
/// `name` or `org/name`.
inline std::optional<std::string> hugging_face_folder(std::string_view model) {
  const std::size_t slash = model.find('/');
  if (!detail::stays_below(model)) return std::nullopt;
  if (slash == std::string_view::npos) return "models--" + std::string(model);
  if (model.find('/', slash + 1) != std::string_view::npos) return std::nullopt;
  return "models--" + std::string(model.substr(0, slash)) + "--" +
         std::string(model.substr(slash + 1));
}

/// The folder of a model's revision (a branch, a tag or a commit; main where empty) in a cache;
/// none where it is not there.
inline std::optional<std::filesystem::path> find_in_hugging_face_cache(
    const std::filesystem::path& cache, std::string_view model, std::string_view revision) {
  const std::optional<std::string> name = hugging_face_folder(model);
  if (cache.empty() || !name) return std::nullopt;
  if (revision.empty()) revision = "main";
  if (!detail::stays_below(revision)) return std::nullopt;
  const std::filesystem::path folder = cache / *name;
  std::error_code error;
  std::string commit(revision);
  if (const std::filesystem::path ref = folder / "refs" / revision;
      std::filesystem::is_regular_file(ref, error)) {
    constexpr std::uint64_t most_bytes = 4096;
    commit = read_text(ref, most_bytes);
    commit.erase(std::min(commit.find_first_of(" \t\r\n"), commit.size()));
  }
  if (!is_plain_file_name(commit)) return std::nullopt;
  std::filesystem::path snapshot = folder / "snapshots" / commit;
  if (!std::filesystem::is_directory(snapshot, error)) return std::nullopt;
  return snapshot;
}

}  // namespace tensormerge
