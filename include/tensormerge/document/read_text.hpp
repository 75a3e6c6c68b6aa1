#pragma once

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include <tensormerge/error/failure.hpp>

namespace tensormerge {

/// The whole content of a file or pipe. Throws failure where it cannot be opened or read, is a
/// folder, or has more than `most_bytes`.
inline std::string read_text(const std::filesystem::path& file, std::size_t most_bytes) {
  const auto refuse = [&file](std::string what, std::string expected = {}) {
    return failure(diagnostic{
        .file = file.string(), .what = std::move(what), .expected = std::move(expected)});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) throw refuse("is a folder", "a file");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    const int reason = errno;
    if (reason == ENOENT) throw refuse("does not exist");
    throw refuse("cannot be opened: " + std::generic_category().message(reason));
  }
  std::string text;
  constexpr std::size_t block_bytes = 65536;
  while (stream && text.size() <= most_bytes) {
    const std::size_t old = text.size();
    text.resize(old + block_bytes);
    stream.read(text.data() + old, block_bytes);
    text.resize(old + static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) throw refuse("cannot be read");
  if (text.size() > most_bytes) {
    throw refuse("is too large", "at most " + std::to_string(most_bytes) + " bytes");
  }
  return text;
}

}  // namespace tensormerge
