#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace engine {

/// A text as token ids.
struct text {
  std::string domain;
  std::vector<std::int64_t> ids;
};

/// The texts of one tokenizer in a safetensors file whose tensors are named `<tokenizer>.<domain>`;
/// where it has only one, the tokenizer may be empty. Throws tensormerge::failure.
std::vector<text> read_texts(const std::filesystem::path& file, std::string tokenizer);

}  // namespace engine
