#pragma once

#include <string>
#include <string_view>

#include <tensormerge/error/diagnostic.hpp>

namespace tensormerge {

/// A model as a configuration names it: a folder or repository, maybe at a revision, maybe with a
/// LoRA adapter on top. Parts that are not given are empty.
struct model_reference {
  std::string path{};
  std::string revision{};
  std::string lora_path{};
  std::string lora_revision{};
  text_position at{};

  /// `path@revision+lora@revision` with the parts that are given: what people read.
  std::string text() const {
    std::string result = path;
    if (!revision.empty()) result += '@' + revision;
    if (!lora_path.empty()) result += '+' + lora_path;
    if (!lora_revision.empty()) result += '@' + lora_revision;
    return result;
  }

  /// References are compared as they are written: `./x` and `x` are two models.
  friend bool operator==(const model_reference& a, const model_reference& b) {
    return a.path == b.path && a.revision == b.revision && a.lora_path == b.lora_path &&
           a.lora_revision == b.lora_revision;
  }
};

/// Splits the short form `path@revision+lora@revision`. A second `+`, or a second `@` in one half,
/// stays in the last part.
inline model_reference parse_model_reference(std::string_view text) {
  const auto cut = [](std::string_view whole, char mark, std::string& first, std::string& second) {
    const auto end = whole.find(mark);
    first = whole.substr(0, end);
    if (end != std::string_view::npos) second = whole.substr(end + 1);
  };
  std::string model, lora;
  cut(text, '+', model, lora);
  model_reference result;
  cut(model, '@', result.path, result.revision);
  cut(lora, '@', result.lora_path, result.lora_revision);
  return result;
}

}  // namespace tensormerge
