#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <tensormerge/config/load_config.hpp>
#include <tensormerge/document/node.hpp>

namespace tensormerge {

/// The kinds of configurations that are checked.
enum class dialect { mergekit, legacy, multi, raw, moe, evolve, bakllama, mlx, mlx_lm };

inline constexpr std::array<std::string_view, 9> dialect_names{
    "mergekit", "legacy", "multi", "raw", "moe", "evolve", "bakllama", "mlx", "mlx_lm"};

constexpr std::string_view to_string(dialect kind) {
  return dialect_names[static_cast<std::size_t>(kind)];
}

/// The dialect that its documents tell by their keys. Raw checkpoints are merged by configurations
/// that look like any other, so that they are never recognised.
inline dialect recognise_dialect(const std::vector<node>& documents) {
  if (documents.size() > 1) return dialect::multi;
  if (documents.empty()) return dialect::mergekit;
  const node& document = documents.front();
  const auto has = [&document](std::string_view key) { return document.find(key) != nullptr; };
  const auto items_have = [&document](std::string_view list, std::string_view key) {
    const node* items = document.find(list);
    return items != nullptr && items->is_sequence() && !items->items.empty() &&
           items->items.front().find(key) != nullptr;
  };
  const bool merges = has("models") || has("slices") || has("modules");
  if (has("genome") || (has("tasks") && !merges)) return dialect::evolve;
  if (has("experts") || has("gate_mode") || has("shared_experts")) return dialect::moe;
  if (has("layer_slices") || has("embedding_source") || has("lm_head_source") ||
      (items_have("slices", "start") && !items_have("slices", "sources"))) {
    return dialect::bakllama;
  }
  if (is_mlx_config(document)) return dialect::mlx;
  if (has("method") && !has("merge_method") && !has("slices")) return dialect::mlx_lm;
  if (has("input_model_parameters")) return dialect::legacy;
  if (has("name") && merges) return dialect::multi;
  return dialect::mergekit;
}

}  // namespace tensormerge
