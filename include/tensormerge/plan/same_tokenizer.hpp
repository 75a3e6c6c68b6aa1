#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

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

/// Whether the tokens of two models follow from the same files, whichever form these have; not
/// where there are none.
inline bool have_same_tokens(const planned_model& a, const planned_model& b) {
  constexpr std::array<const char*, 8> names{
      "tokenizer.json",          "tokenizer.model",   "vocab.json", "vocab.txt", "merges.txt",
      "special_tokens_map.json", "added_tokens.json", "tokenizer_config.json"};
  bool any = false;
  for (const char* name : names) {
    const std::filesystem::path of_a = a.folder.path / name, of_b = b.folder.path / name;
    std::error_code error;
    const bool in_a = std::filesystem::exists(of_a, error);
    if (in_a != std::filesystem::exists(of_b, error)) return false;
    if (in_a && !have_same_content(of_a, of_b)) return false;
    any = any || in_a;
  }
  return any;
}

}  // namespace tensormerge
