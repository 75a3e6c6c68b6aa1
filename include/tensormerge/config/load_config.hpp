#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include <tensormerge/config/merge_config.hpp>
#include <tensormerge/config/mlx_config.hpp>
#include <tensormerge/config/read_values.hpp>
#include <tensormerge/config/validate_merge_config.hpp>
#include <tensormerge/config/validate_mlx_config.hpp>
#include <tensormerge/document/load_yaml.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// Whether a document is of the MLX dialect: models have a `name` or a `path`, or slices have a
/// `merge_method` of their own and there is none at top level.
inline bool is_mlx_config(const node& document) {
  const auto any_item_has = [&](const char* list, const char* key) {
    const node* items = document.find(list);
    if (items == nullptr) return false;
    for (const node& item : items->items) {
      if (item.find(key) != nullptr) return true;
    }
    return false;
  };
  if (any_item_has("models", "name") || any_item_has("models", "path")) return true;
  return document.find("merge_method") == nullptr && any_item_has("slices", "merge_method");
}

/// The configuration that a document says. Throws failure with all that is wrong with it.
inline merge_config read_merge_config(const node& document, const std::string& file = {}) {
  diagnostics findings = validate_merge_config(document, file);
  if (has_errors(findings)) throw failure(std::move(findings));
  return read_struct<merge_config>(document);
}

inline mlx_config read_mlx_config(const node& document, const std::string& file = {}) {
  diagnostics findings = validate_mlx_config(document, file);
  if (has_errors(findings)) throw failure(std::move(findings));
  return read_struct<mlx_config>(document);
}

/// Reads a configuration file (YAML or JSON) of the dialect of mergekit.
/// Throws failure with all problems of the file.
inline merge_config load_merge_config(const std::filesystem::path& file) {
  return read_merge_config(load_yaml_file(file), file.string());
}

/// Reads a configuration file (YAML or JSON) of the dialect of MergeKit for MLX.
inline mlx_config load_mlx_config(const std::filesystem::path& file) {
  return read_mlx_config(load_yaml_file(file), file.string());
}

}  // namespace tensormerge
