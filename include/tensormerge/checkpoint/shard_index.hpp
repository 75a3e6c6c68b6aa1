#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include <tensormerge/checkpoint/quoted_name.hpp>
#include <tensormerge/document/load_json.hpp>
#include <tensormerge/document/node.hpp>
#include <tensormerge/document/read_text.hpp>
#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// What `model.safetensors.index.json`, or that of pytorch_model.bin, says: which shard holds which
/// tensor.
struct shard_index {
  struct placement {
    std::string tensor;
    std::string shard;
  };
  std::vector<placement> placements;
  /// Every shard once, in the order of first mention; each a plain file name.
  std::vector<std::string> shards;
};

/// Reads the index and checks that it names files of its own folder only. Throws failure.
inline shard_index read_shard_index(const std::filesystem::path& file) {
  constexpr std::uint64_t most_bytes = 100'000'000;
  constexpr std::size_t most_findings = 20;
  const node document = load_json(read_text(file, most_bytes), file.string());
  const node* weight_map = document.find("weight_map");
  if (weight_map == nullptr || !weight_map->is_mapping()) {
    throw failure(
        diagnostic{.file = file.string(),
                   .path = "weight_map",
                   .what = weight_map == nullptr ? "is missing" : "is of the wrong kind",
                   .expected = "a mapping from tensor names to file names",
                   .found = weight_map == nullptr ? "" : std::string(to_string(weight_map->type))});
  }
  shard_index index;
  std::unordered_set<std::string> seen;
  diagnostics findings;
  for (const node_entry& entry : weight_map->entries) {
    if (!entry.value.is_string() || !is_plain_file_name(entry.value.text)) {
      findings.push_back({.file = file.string(),
                          .at = entry.key_at,
                          .path = quoted_name(entry.key),
                          .what = "the shard is not named properly",
                          .expected = "the name of a file in the same folder",
                          .found = entry.value.is_string()
                                       ? quoted_name(entry.value.text)
                                       : std::string(to_string(entry.value.type))});
      if (findings.size() == most_findings) break;
      continue;
    }
    if (seen.insert(entry.value.text).second) index.shards.push_back(entry.value.text);
    index.placements.push_back({entry.key, entry.value.text});
  }
  if (!findings.empty()) throw failure(std::move(findings));
  return index;
}

}  // namespace tensormerge
