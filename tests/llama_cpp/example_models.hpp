#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <engine/texts.hpp>

namespace tensormerge::test {

inline std::filesystem::path example_models() {
  return std::filesystem::path(TENSORMERGE_EXAMPLES) / "models";
}

/// Texts in the tokens of these models.
inline std::vector<engine::text> heldout_texts() {
  return engine::read_texts(example_models() / "heldout" / "ids.safetensors", {});
}

/// The beginning of a text, which models are evaluated on.
inline std::span<const std::int64_t> beginning(const engine::text& text) {
  return std::span(text.ids).first(128);
}

/// Runs the tensormerge program.
inline void run_program(const std::string& subcommand, const std::filesystem::path& from,
                        const std::filesystem::path& to, const std::string& options) {
  const std::string command = "'" TENSORMERGE_BIN "/tensormerge' " + subcommand + " --quiet '" +
                              from.string() + "' '" + to.string() + "' " + options;
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

/// Converts a model to `to`, a GGUF file or a folder, which it returns.
inline std::filesystem::path convert(const std::filesystem::path& from,
                                     const std::filesystem::path& to, const std::string& type) {
  run_program("convert", from, to, "--type " + type);
  return to;
}

}  // namespace tensormerge::test
