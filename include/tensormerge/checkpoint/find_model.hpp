#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <tensormerge/checkpoint/hugging_face_cache.hpp>
#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// Where models named by relative paths may lie; an empty folder is not searched.
struct model_search {
  std::filesystem::path models_dir{};
  /// The folder of the configuration that names the model.
  std::filesystem::path config_folder{};
  /// A Hugging Face cache to look in instead of the usual one.
  std::filesystem::path cache{};

  std::filesystem::path hugging_face() const { return cache.empty() ? hugging_face_cache() : cache; }
};

namespace detail {

/// The paths at which a model may lie outside of the cache, in the order of search.
inline std::vector<std::filesystem::path> places_of_model(const std::filesystem::path& model,
                                                          const model_search& search) {
  if (model.is_absolute()) return {model};
  std::vector<std::filesystem::path> places;
  for (const std::filesystem::path& folder : {search.models_dir, search.config_folder}) {
    if (!folder.empty()) places.push_back(folder / model);
  }
  places.push_back(model);
  return places;
}

}  // namespace detail

/// The model's folder or file. An absolute path is taken as it is; a relative one is looked for in
/// models_dir, the config's folder and the working directory, and then, as `org/name`, in the
/// Hugging Face cache at `revision` (main where empty). A folder outside of the cache has no
/// revisions and is taken whatever revision is asked for, as transformers does. None where it is
/// nowhere.
inline std::optional<std::filesystem::path> find_model(std::string_view model,
                                                       std::string_view revision,
                                                       const model_search& search) {
  if (model.empty()) return std::nullopt;
  std::error_code error;
  for (const std::filesystem::path& place : detail::places_of_model(model, search)) {
    if (std::filesystem::exists(place, error)) return place;
  }
  return find_in_hugging_face_cache(search.hugging_face(), model, revision);
}

/// The finding for a model that `find_model` did not find: where it was looked for and how to get
/// it.
inline diagnostic model_not_found(std::string_view model, std::string_view revision,
                                  const model_search& search) {
  std::string places;
  for (const std::filesystem::path& place : detail::places_of_model(model, search)) {
    if (!places.empty()) places += ", ";
    places += place.is_absolute() ? place.string() : std::filesystem::absolute(place).string();
  }
  const std::optional<std::string> cached = hugging_face_folder(model);
  diagnostic finding{.what = "the model " + quoted_name(model) + " is not there"};
  if (cached) {
    if (const std::filesystem::path cache = search.hugging_face(); !cache.empty()) {
      places += ", " + (cache / *cached).string();
    }
    finding.hint = "get it with `huggingface-cli download " + std::string(model);
    if (!revision.empty()) finding.hint += " --revision " + std::string(revision);
    finding.hint += "`, or name the folder that holds it with --models-dir";
  } else {
    finding.hint = "check the path";
  }
  finding.expected = "it at one of " + places;
  return finding;
}

}  // namespace tensormerge
